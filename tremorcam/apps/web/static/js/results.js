// One recording's result: the answer first, then what it rests on.

import { address, get, post, remove } from "./api.js";
import { confirmed, el, replace } from "./dom.js";
import { downloads } from "./downloads.js";
import { drawFace } from "./face.js";
import { findings } from "./findings.js";
import { bytes, date, interval, number, sentence, size } from "./format.js";
import { describeJob, isBusy, watch } from "./jobs.js";
import { player } from "./player.js";
import { questions } from "./questions.js";
import { drawSpectrum } from "./spectrum.js";

const QUALITY = { ok: "good", limited: "warn", unusable: "bad" };

export async function show(view, id) {
  let stop = () => {};
  const begin = () => {
    stop();
    let drawn = false;
    stop = watch(id, async (recording) => {
      if (recording.job?.status === "done" && !drawn) {
        drawn = true;
        await showResult(view, recording);
      } else if (!drawn) {
        showProgress(view, recording, begin);
      }
    }, (error) => replace(view, el("h1", {}, "No result here"), el("p", { className: "note bad", role: "alert" }, error.message), el("a", { className: "button", href: "#/history" }, "To the history")));
  };
  begin();
  await new Promise((resolve) => { setTimeout(resolve, 0); });
  return () => stop();
}

function showProgress(view, recording, again) {
  if (isBusy(recording)) {
    const known = view.querySelector("progress");
    if (known) {
      known.value = recording.job.progress;
      view.querySelector(".state").textContent = describeJob(recording).text;
      return;
    }
    replace(view, el("h1", {}, "Measuring…"),
      el("div", { className: "card" },
        el("p", { className: "lead state" }, describeJob(recording).text),
        el("progress", { max: 1, value: recording.job.progress, "aria-label": "Progress of the measurement" }),
        el("p", { className: "muted" }, "Every picture is followed to a fraction of a pixel. You may close this page: the work goes on, and the result will be under History."),
        el("button", { className: "quiet", onclick: () => post(`/recordings/${recording.id}/cancel`) }, "Cancel")));
    return;
  }
  const failed = recording.job?.status === "failed";
  const act = recording.state === "receiving" ? "finish" : "analyze";
  replace(view, el("h1", {}, failed ? "This video could not be measured" : describeJob(recording).text),
    el("div", { className: "card" },
      failed ? el("p", { className: "note bad" }, sentence(recording.job.error)) : null,
      el("p", { className: "muted" }, `${recording.name} · ${bytes(recording.size_bytes)} · ${date(recording.recorded_at)}`),
      el("div", { className: "row" },
        el("button", { className: "primary", onclick: async () => { await post(`/recordings/${recording.id}/${act}`); replace(view); again(); } }, recording.state === "receiving" ? "Measure what was recorded" : "Measure again"),
        failed ? el("a", { className: "button", href: address(`/recordings/${recording.id}/files/analysis.log`) }, "Log of the analysis") : null,
        deleteButton(recording))));
}

async function showResult(view, recording) {
  const [data, files] = await Promise.all([get(`/recordings/${recording.id}/view`), get(`/recordings/${recording.id}/files`)]);
  draw(view, recording, data, files);
  const heading = view.querySelector("h1");
  document.title = `${heading.textContent} – Tremorcam`;
}

function draw(view, recording, data, files) {
  const { element: video, seek } = player(recording, data);
  const redraw = (changed) => draw(view, recording, changed, files);
  replace(view,
    answer(recording, data),
    data.words.red_flags_named?.length ? warning(data) : null,
    section("Left and right", sides(data)),
    section("The recording", video),
    section("How fast", drawSpectrum(data)),
    section("What it looks like", findings(data, seek)),
    data.words.red_flags_named?.length ? null : warning(data),
    section("About you", questions(recording, data, redraw)),
    section("Files", downloads(recording, files), deleteButton(recording)));
}

function section(title, ...content) {
  return el("section", { className: "card" }, el("h2", {}, title), content);
}

function answer(recording, data) {
  const { summary, quality } = data;
  return el("section", { className: "card answer-card" },
    el("div", { className: "words" },
      el("p", { className: "row small muted" }, el("span", {}, date(recording.recorded_at)), recording.person ? el("span", {}, recording.person) : null, el("span", { className: `badge ${QUALITY[quality.status]}` }, `recording: ${quality.label}`)),
      el("h1", { tabIndex: -1 }, data.words.answer || "This video was measured."),
      summary.detected ? figures(summary) : null,
      data.words.lay ? el("p", {}, data.words.lay) : null,
      el("p", { className: "small muted" }, quality.sentence),
      quality.reasons.length ? el("ul", { className: "small muted" }, quality.reasons.map((reason) => el("li", {}, reason.message))) : null,
      data.words.clinician ? el("details", {}, el("summary", {}, "In a clinician's words"), el("p", {}, data.words.clinician)) : null),
    el("div", { className: "map" }, drawFace(data)));
}

function figures(summary) {
  return el("dl", { className: "figures-row number" },
    figure("How much", `${size(summary.amplitude_p2p_mm)} mm`, interval(summary.amplitude_p2p_ci_low_mm, summary.amplitude_p2p_ci_high_mm)),
    figure("How fast", `${number(summary.frequency_hz, 1)} Hz`, rangeHz(summary.frequency_ci_low_hz, summary.frequency_ci_high_hz)),
    figure("From start to end", summary.growth_ratio === null ? "–" : `× ${number(summary.growth_ratio, 1)}`, interval(summary.growth_ratio_ci_low, summary.growth_ratio_ci_high)));
}

function rangeHz(low, high) {
  if (low === null || high === null) return "";
  const digits = number(low, 1) === number(high, 1) ? 3 : 1;
  return `${number(low, digits)} to ${number(high, digits)}`;
}

function figure(title, value, range) {
  return el("div", {}, el("dt", {}, title), el("dd", {}, el("strong", {}, value), el("span", { className: "small muted" }, range)));
}

function warning(data) {
  const named = data.words.red_flags_named ?? [];
  const flags = data.words.red_flags ?? [];
  if (!named.length && !flags.length) return null;
  return el("section", { className: named.length ? "card urgent" : "card" }, el("h2", {}, "When to see a doctor"),
    named.length ? el("ul", {}, named.map((text) => el("li", {}, el("strong", {}, text)))) : null,
    named.length ? el("details", {}, el("summary", {}, "All reasons"), el("ul", {}, flags.map((text) => el("li", {}, text)))) : el("ul", {}, flags.map((text) => el("li", {}, text))));
}

function sides(data) {
  if (!data.sides.length) return el("p", { className: "muted" }, "Nothing could be measured per side.");
  const head = el("tr", {}, el("th", { scope: "col" }, `${sentence(data.region.label)} and smile`), el("th", { scope: "col" }, "Your right"), el("th", { scope: "col" }, "Your left"));
  const rows = data.sides.map((row) => el("tr", {}, el("th", { scope: "row", title: row.about }, row.label), cell(row, "right"), cell(row, "left")));
  return el("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Left and right" }, el("table", { className: "sides" }, el("thead", {}, head), el("tbody", {}, rows)));
}

function cell(row, side) {
  const estimate = row[side];
  const isTremor = row.measure.startsWith("tremor");
  if (estimate.value === null || (isTremor && !estimate.detected)) return el("td", { className: "muted" }, isTremor ? "not detected" : "–");
  const digits = row.unit === "Hz" ? number(estimate.value, 1) : size(estimate.value);
  const range = row.unit === "Hz" ? rangeHz(estimate.low, estimate.high) : interval(estimate.low, estimate.high);
  return el("td", { className: "number" }, el("strong", { className: side }, `${digits} ${row.unit}`), range ? el("span", { className: "small muted range" }, range) : null);
}

function deleteButton(recording) {
  return el("button", {
    className: "quiet danger",
    onclick: async () => {
      if (!(await confirmed("Delete this recording?", "Its video and everything measured on it will be gone for good.", "Delete for good"))) return;
      await remove(`/recordings/${recording.id}`);
      location.hash = "#/history";
    },
  }, "Delete this recording");
}
