// How much movement there is at each frequency, against the noise.

import { el, svg } from "./dom.js";
import { number, size } from "./format.js";
import { niceTop } from "./trend.js";

// A narrow screen gets a narrower drawing, whose letters stay readable.
const W = matchMedia("(max-width: 40rem)").matches ? 480 : 900;
const H = 300;
const PAD = { left: 64, right: 20, top: 28, bottom: 46 };

export function drawSpectrum(data) {
  const curves = data.spectrum.filter((curve) => curve.frequency_hz.length > 1);
  if (!curves.length) return el("p", { className: "muted" }, "The steady stretch is too short for a spectrum.");
  const frequencies = curves.flatMap((curve) => curve.frequency_hz);
  const [low, high] = [Math.min(...frequencies), Math.max(...frequencies)];
  const top = niceTop(Math.max(...curves.flatMap((curve) => curve.density.filter((_, at) => curve.frequency_hz[at] >= 3))));
  const x = (hz) => PAD.left + ((hz - low) / (high - low)) * (W - PAD.left - PAD.right);
  const y = (value) => H - PAD.bottom - (Math.min(value, top) / top) * (H - PAD.top - PAD.bottom);
  const line = (values, hz) => values.map((value, at) => (value === null ? "" : `${at ? "L" : "M"}${x(hz[at]).toFixed(1)} ${y(value).toFixed(1)}`)).join("");
  const peak = data.summary.frequency_hz;
  const told = data.summary.detected ? `The peak is at ${number(peak, 1)} Hz.` : "No peak stands out of the noise.";
  return el("div", {},
    svg("svg", { class: "plot", viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": `Spectrum of the ${data.region.label} from ${number(low, 0)} to ${number(high, 0)} Hz. ${told}` },
      grid(x, y, low, high, top),
      curves.map((curve) => svg("path", { class: "noise", d: line(curve.noise, curve.frequency_hz) })),
      curves.map((curve) => svg("path", { class: `series ${curve.side}`, d: line(curve.density, curve.frequency_hz) })),
      data.summary.detected ? marker(x(peak), `${number(peak, 1)} Hz`) : null,
      vetoes(data, x, low, high)),
    el("p", { className: "small key" }, curves.map((curve) => el("span", {}, el("span", { className: `swatch ${curve.side}` }), curve.side === "both" ? "whole face" : `your ${curve.side}`)), el("span", {}, el("span", { className: "swatch noise" }), "noise")),
    el("p", {}, told, ` At ${number(data.timing.effective_rate_hz, 0)} pictures a second nothing faster than ${number(data.summary.highest_frequency_hz, 0)} Hz can be told.`),
    data.vetoes.length ? el("ul", {}, data.vetoes.map((veto) => el("li", { className: "muted" }, veto.explanation))) : null);
}

function grid(x, y, low, high, top) {
  const marks = [];
  for (let hz = Math.ceil(low / 2) * 2; hz <= high; hz += 2) {
    marks.push(svg("line", { class: "grid", x1: x(hz), x2: x(hz), y1: PAD.top, y2: H - PAD.bottom }), svg("text", { class: "label", x: x(hz), y: H - PAD.bottom + 22, "text-anchor": "middle" }, hz));
  }
  for (const share of [0, 0.5, 1]) marks.push(svg("text", { class: "label", x: PAD.left - 10, y: y(share * top) + 5, "text-anchor": "end" }, size(share * top)));
  marks.push(svg("text", { class: "label", x: W - PAD.right, y: H - 4, "text-anchor": "end" }, "times a second (Hz)"), svg("text", { class: "label", x: 8, y: 16 }, "mm/√Hz"));
  return marks;
}

function marker(x, text) {
  return [svg("line", { class: "peak", x1: x, x2: x, y1: PAD.top, y2: H - PAD.bottom }), svg("text", { class: "peak-name", x, y: PAD.top - 8, "text-anchor": "middle" }, text)];
}

function vetoes(data, x, low, high) {
  return data.vetoes.filter((veto) => veto.frequency_hz >= low && veto.frequency_hz <= high)
    .map((veto) => svg("line", { class: "veto", x1: x(veto.frequency_hz), x2: x(veto.frequency_hz), y1: PAD.top, y2: H - PAD.bottom }, svg("title", {}, veto.explanation)));
}
