// A drawn face whose regions are coloured by how much they shake.

import { el, svg } from "./dom.js";
import { bound, number, size } from "./format.js";
import { niceTop } from "./trend.js";

// Where a region is on the viewer's right half; the subject's left is there, as on a photograph.
const PLACES = {
  mouth_corner: [40, 56, 12, 12],
  upper_lip: [17, 45, 13, 7],
  lower_lip: [17, 72, 13, 7],
  cheek: [60, 20, 17, 15],
  lower_lid: [40, -6, 17, 6],
  brow: [42, -48, 22, 7],
  chin: [0, 98, 18, 10],
};

const HEAD = "M0-140C58-140 96-98 96-34c0 34-4 66-18 94C62 92 34 132 0 132s-62-40-78-72C-92 32-96 0-96-34c0-64 38-106 96-106z";
const FEATURES = [
  "M24-49q20-13 40 0", "M-24-49q-20-13-40 0",
  "M22-19q19-15 38 0q-19 12-38 0z", "M-22-19q-19-15-38 0q19 12 38 0z",
  "M-4-20q-2 30-12 44q8 9 16 9t16-9q-10-14-12-44",
  "M-40 55q20-9 33-9q4 0 7 3q3-3 7-3q13 0 33 9q-18 24-40 24t-40-24z", "M-40 55q20 4 40 4t40-4",
];

export function drawFace(data) {
  const found = data.regions.filter((region) => region.detected);
  const top = niceTop(Math.max(...found.map((region) => region.amplitude.value), 0.05));
  const spots = data.regions.filter((region) => region.measured).map((region) => spot(region, top));
  const label = found.length
    ? `Shaking was found at: ${found.map((region) => `${region.label} ${size(region.amplitude.value)} mm`).join(", ")}.`
    : spots.length ? "No region of the face was found to shake." : "No region of the face could be measured.";
  return el("figure", { className: "face" },
    svg("svg", { viewBox: "-150 -150 300 292", role: "img", "aria-label": label },
      svg("path", { class: "skin", d: HEAD }), FEATURES.map((d) => svg("path", { class: "feature", d })), spots,
      svg("text", { class: "side-name", x: -146, y: -120 }, "Right"), svg("text", { class: "side-name", x: 146, y: -120, "text-anchor": "end" }, "Left")),
    el("figcaption", {}, found.length ? legend(top) : spots.length ? "No shaking was found; dotted regions were measured." : "No region could be measured."));
}

function spot(region, top) {
  const [x, y, rx, ry] = PLACES[region.region] ?? [];
  if (x === undefined) return null;
  const cx = region.side === "right" ? -x : x;
  const text = region.detected
    ? `${region.label}: ${size(region.amplitude.value)} mm at ${number(region.frequency.value, 1)} Hz`
    : `${region.label}: none above ${bound(region.limit_mm)} mm`;
  const shape = svg("ellipse", { class: region.detected ? "spot found" : "spot", cx, cy: y, rx, ry }, svg("title", {}, text));
  if (region.detected) shape.style.setProperty("--amount", Math.min(region.amplitude.value / top, 1).toFixed(3));
  return shape;
}

function legend(top) {
  return [el("span", {}, "0"), el("span", { className: "scale", "aria-hidden": true }), el("span", {}, `${size(top)} mm, peak to peak`)];
}
