// Every recording, the latest first; how one person's shaking goes over time.

import { address, get, post, remove } from "./api.js";
import { confirmed, el, replace } from "./dom.js";
import { bound, bytes, date, interval, number, sentence, size } from "./format.js";
import { describeJob, isBusy } from "./jobs.js";
import { drawTrend } from "./trend.js";

const EVERY_MS = 1200;

export async function show(view) {
  const page = new HistoryPage(view);
  await page.refresh();
  return () => page.end();
}

class HistoryPage {
  #view;
  #timer;
  #ended = false;
  #shown = "";
  #chosen = new Set();
  #person = null;

  constructor(view) {
    this.#view = view;
  }

  end() {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  async refresh() {
    clearTimeout(this.#timer);
    const recordings = await get("/recordings");
    if (this.#ended) return;
    const state = JSON.stringify([recordings, this.#person]);
    // Redrawing only what changed keeps the keyboard where it is.
    if (state !== this.#shown) await this.#draw(recordings);
    this.#shown = state;
    if (recordings.some(isBusy)) this.#timer = setTimeout(() => this.refresh().catch(() => {}), EVERY_MS);
  }

  async #draw(recordings) {
    const focused = document.activeElement?.id;
    if (!recordings.length) {
      replace(this.#view, el("h1", {}, "Nothing recorded yet"), el("p", { className: "lead" }, "Your recordings will be listed here, with how the shaking changes over time."), el("a", { className: "button primary", href: "#/record" }, "Record a smile"));
      return;
    }
    const persons = [...new Set(recordings.map((each) => each.person))].sort();
    if (this.#person === null || !persons.includes(this.#person)) this.#person = recordings[0].person;
    const trend = recordings.some((each) => each.result) ? await get(`/history/trend?person=${encodeURIComponent(this.#person)}`) : null;
    if (this.#ended) return;
    this.#chosen = new Set([...this.#chosen].filter((id) => recordings.some((each) => each.id === id && each.result)));
    this.compare = el("a", { className: "button", id: "compare" }, "Compare two");
    replace(this.#view,
      el("div", { className: "row between" }, el("h1", {}, "History"), el("a", { className: "button", href: address("/history/export.csv"), download: "tremorcam-history.csv" }, "Export all as CSV")),
      trend?.points.length > 1 ? this.#trendCard(trend, persons) : null,
      el("section", { className: "card" },
        el("div", { className: "row between" }, el("h2", {}, `${recordings.length} recording${recordings.length > 1 ? "s" : ""}`), this.compare),
        el("ul", { className: "recordings" }, recordings.map((each) => this.#line(each)))));
    this.#updateCompare();
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  #trendCard(trend, persons) {
    const { persistence, course } = trend;
    const warnings = { persistent: "Persistent", worsening: "Getting worse", improving: "Getting better" };
    const badges = [persistence.status, course.status].filter((status) => warnings[status])
      .map((status) => el("span", { className: `badge ${status === "improving" ? "good" : "warn"}` }, warnings[status]));
    const select = el("select", { id: "whose", onchange: () => { this.#person = select.value; this.refresh(); } },
      persons.map((person) => el("option", { value: person, selected: person === this.#person }, person || "Not named")));
    return el("section", { className: "card", "aria-labelledby": "over-time" },
      el("div", { className: "row between" }, el("div", { className: "row" }, el("h2", { id: "over-time" }, "Over time"), badges),
        persons.length > 1 ? el("p", {}, el("label", { htmlFor: "whose" }, "Whose face "), select) : null),
      drawTrend(trend),
      el("p", {}, persistence.explanation), el("p", {}, course.explanation),
      badges.length && persistence.status === "persistent" || course.status === "worsening"
        ? el("p", { className: "note warn" }, "Shaking that persists or gets worse is a reason to see a doctor.") : null);
  }

  #line(recording) {
    const { result } = recording;
    const state = describeJob(recording);
    return el("li", {},
      el("div", { className: "pick" }, result ? el("input", { type: "checkbox", id: `pick-${recording.id}`, checked: this.#chosen.has(recording.id), "aria-label": `Compare ${recording.name} of ${date(recording.recorded_at)}`, onchange: (event) => this.#choose(recording.id, event.target.checked) }) : null),
      el("div", { className: "what" },
        el("p", { className: "small muted" }, date(recording.recorded_at), recording.person ? ` · ${recording.person}` : "", ` · ${recording.name}`),
        result ? el("a", { className: "answer", id: `open-${recording.id}`, href: `#/result/${recording.id}` }, result.answer) : this.#unfinished(recording, state)),
      el("div", { className: "figures number" }, result?.detected ? this.#figures(result) : result ? this.#limit(result) : el("span", { className: `badge ${state.kind}` }, state.text)),
      el("button", { className: "quiet danger", id: `delete-${recording.id}`, "aria-label": `Delete ${recording.name} of ${date(recording.recorded_at)}`, onclick: () => this.#delete(recording) }, "Delete"));
  }

  #unfinished(recording, state) {
    if (recording.state === "receiving") {
      return el("div", {}, el("p", {}, `This recording was cut off. ${bytes(recording.size_bytes)} of it are safe.`), el("button", { onclick: () => this.#act(recording, "finish") }, "Measure what was recorded"));
    }
    if (isBusy(recording)) {
      return el("div", {}, el("progress", { max: 1, value: recording.job.progress, "aria-label": `Progress of ${recording.name}` }), el("button", { className: "quiet", onclick: () => this.#act(recording, "cancel") }, "Cancel"));
    }
    return el("div", {}, el("p", {}, sentence(recording.job?.error || state.text)), el("button", { onclick: () => this.#act(recording, "analyze") }, "Measure again"));
  }

  #figures(result) {
    return [el("strong", {}, `${size(result.amplitude_p2p_mm)} mm`), el("span", { className: "small muted" }, `${interval(result.amplitude_p2p_ci_low_mm, result.amplitude_p2p_ci_high_mm)}`), el("span", {}, `${number(result.frequency_hz, 1)} Hz`)];
  }

  #limit(result) {
    return result.detected === false
      ? [el("strong", {}, "No tremor"), el("span", { className: "small muted" }, Number.isFinite(result.detection_limit_mm) && result.detection_limit_mm !== null ? `above ${bound(result.detection_limit_mm)} mm` : "")]
      : [el("span", { className: "badge warn" }, "Cannot tell")];
  }

  #choose(id, chosen) {
    if (chosen) this.#chosen.add(id); else this.#chosen.delete(id);
    this.#updateCompare();
  }

  #updateCompare() {
    const pair = [...this.#chosen];
    const ready = pair.length === 2;
    this.compare.textContent = ready ? "Compare these two" : "Tick two to compare";
    if (ready) this.compare.href = `#/compare/${pair[0]}/${pair[1]}`; else this.compare.removeAttribute("href");
    this.compare.classList.toggle("off", !ready);
    this.compare.setAttribute("aria-disabled", String(!ready));
    this.compare.setAttribute("role", "link");
  }

  async #act(recording, verb) {
    await post(`/recordings/${recording.id}/${verb}`);
    this.refresh();
  }

  async #delete(recording) {
    if (!(await confirmed("Delete this recording?", `${recording.name} of ${date(recording.recorded_at)}, its video and everything measured on it will be gone for good.`, "Delete for good"))) return;
    await remove(`/recordings/${recording.id}`);
    this.refresh();
  }
}
