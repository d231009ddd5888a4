// Amplitude from recording to recording, each with its interval; open marks show none found.

import { svg } from "./dom.js";
import { bound, date, day, size } from "./format.js";

// A narrow screen gets a narrower drawing, whose letters stay readable.
const W = matchMedia("(max-width: 40rem)").matches ? 480 : 900;
const H = 280;
const PAD = { left: 64, right: 24, top: 44, bottom: 40 };

export function drawTrend(trend) {
  const points = trend.points.filter((point) => point.value !== null || point.limit !== null);
  if (points.length < 2) return null;
  const times = points.map((point) => Date.parse(point.time));
  const values = points.map((point) => point.ci_high ?? point.value ?? point.limit);
  const top = niceTop(Math.max(...values));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const x = (time) => PAD.left + ((time - first) / Math.max(last - first, 1)) * (W - PAD.left - PAD.right);
  const y = (value) => H - PAD.bottom - (value / top) * (H - PAD.top - PAD.bottom);
  const marks = points.map((point, at) => mark(point, x(times[at]), y));
  const found = points.map((point, at) => [point, times[at]]).filter(([point]) => point.value !== null);
  const path = found.map(([point, time], at) => `${at ? "L" : "M"}${x(time).toFixed(1)} ${y(point.value).toFixed(1)}`).join("");
  const lines = [0, 0.5, 1].map((share) => [
    svg("line", { class: "grid", x1: PAD.left, x2: W - PAD.right, y1: y(share * top), y2: y(share * top) }),
    svg("text", { class: "label", x: PAD.left - 10, y: y(share * top) + 5, "text-anchor": "end" }, size(share * top)),
  ]);
  const place = `${trend.region.replaceAll("_", " ")}, ${trend.side}`;
  const told = points.map((point) => `${day(point.time)}: ${point.value === null ? `none above ${bound(point.limit)} mm` : `${size(point.value)} mm`}`).join("; ");
  return svg("svg", { class: "plot", viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": `Tremor of the ${place}, peak to peak. ${told}` },
    lines,
    svg("text", { class: "label", x: PAD.left, y: H - 10 }, day(points[0].time)),
    svg("text", { class: "label", x: W - PAD.right, y: H - 10, "text-anchor": "end" }, day(points.at(-1).time)),
    svg("text", { class: "label", x: 8, y: 18 }, `${place} · mm, peak to peak`),
    svg("path", { class: "line", d: path }), marks);
}

function mark(point, x, y) {
  if (point.value === null) {
    return svg("g", {}, svg("title", {}, `${date(point.time)}: no tremor above ${bound(point.limit)} mm`),
      svg("line", { class: "bar faint", x1: x, x2: x, y1: y(0), y2: y(point.limit) }),
      svg("path", { class: "open", d: `M${x - 6} ${y(point.limit)}h12l-6 9z` }));
  }
  return svg("g", {}, svg("title", {}, `${date(point.time)}: ${size(point.value)} mm`),
    point.ci_low === null ? null : svg("line", { class: "bar", x1: x, x2: x, y1: y(point.ci_low), y2: y(point.ci_high) }),
    svg("circle", { class: "point", cx: x, cy: y(point.value), r: 6 }));
}

export function niceTop(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-6)));
  return [1, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((top) => top >= value * 1.02);
}
