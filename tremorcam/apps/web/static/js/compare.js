// Two recordings side by side, with what differs beyond chance.

import { get } from "./api.js";
import { el, replace } from "./dom.js";
import { bound, date, interval, number, size } from "./format.js";

const WORDS = {
  larger: ["Larger", "warn"],
  smaller: ["Smaller", "good"],
  no_clear_change: ["No clear change", ""],
  not_known: ["Cannot be compared", ""],
};

export async function show(view, a, b) {
  const [found, ...recordings] = await Promise.all([get(`/history/compare?a=${a}&b=${b}`), get(`/recordings/${a}`), get(`/recordings/${b}`)]);
  const [earlier, later] = [found.earlier_id, found.later_id].map((id) => recordings.find((each) => each.id === id));
  replace(view,
    el("h1", {}, "Then and now"),
    el("div", { className: "pair" }, card("Earlier", earlier), card("Later", later)),
    el("section", { className: "card" }, el("h2", {}, "Place by place"),
      found.places.length ? table(found.places) : el("p", {}, "Neither recording shows a tremor anywhere on the face."),
      el("p", { className: "muted small" }, "Two recordings of the same person differ by chance. A change is called one only where it exceeds what is usual between recordings (Elble 2017).")),
    el("a", { className: "button", href: "#/history" }, "Back to the history"));
}

function card(title, recording) {
  const { result } = recording;
  return el("section", { className: "card" }, el("h2", {}, title), el("p", { className: "muted" }, date(recording.recorded_at), recording.person ? ` · ${recording.person}` : ""),
    el("p", {}, result.answer),
    el("p", { className: "number" }, result.detected ? `${size(result.amplitude_p2p_mm)} mm at ${number(result.frequency_hz, 1)} Hz` : "No tremor detected"),
    el("a", { href: `#/result/${recording.id}` }, "Open"));
}

function table(places) {
  const head = ["Where", "Earlier, mm", "Later, mm", "Later over earlier"].map((text) => el("th", { scope: "col" }, text));
  return el("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Comparison" }, el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, places.map(line))));
}

function line(place) {
  const [word, kind] = WORDS[place.change.status];
  return el("tr", {}, el("th", { scope: "row" }, place.label), cell(place.earlier), cell(place.later),
    el("td", { className: "number" }, ratio(place.change), el("br"),
      el("span", { className: `badge ${kind}`, title: place.change.explanation }, word)));
}

function ratio({ ratio: found, ci_low: low, ci_high: high }) {
  if (found !== null) return `${number(found, 2)} (${interval(low, high)})`;
  if (low !== null) return `more than ${size(low)}`;
  return high === null ? "" : `less than ${size(high)}`;
}

function cell(point) {
  if (!point) return el("td", {}, "not measured");
  if (point.value !== null) return el("td", { className: "number" }, size(point.value));
  return el("td", { className: "muted number" }, point.limit === null ? "cannot tell" : `none above ${bound(point.limit)}`);
}
