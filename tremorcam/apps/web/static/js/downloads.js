// The files of a result, one by one or all in one.

import { address } from "./api.js";
import { el } from "./dom.js";
import { bytes } from "./format.js";

const ABOUT = {
  "summary.csv": "The answer in one row",
  "measures.csv": "Every measure, with its interval and noise floor",
  "signals.csv": "Movement of every region, picture by picture",
  "spectra.csv": "Power over frequency",
  "events.csv": "Blinks, bursts and spasms",
  "analysis.json": "Everything, exactly, for programs",
  "datapackage.json": "What every column means",
  "report.html": "The report, to read or print",
  "analysis.log": "What the analysis said while it ran",
};

export function downloads(recording, files) {
  const report = files.some((file) => file.name === "report.html");
  return [
    el("div", { className: "row" },
      el("a", { className: "button primary", href: address(`/recordings/${recording.id}/archive`) }, "Download all as a zip"),
      report ? el("a", { className: "button", href: address(`/recordings/${recording.id}/report`), target: "_blank", rel: "noopener" }, "Open the report") : null),
    el("details", {}, el("summary", {}, "One by one"),
      el("ul", { className: "files" },
        files.map((file) => el("li", {}, el("a", { href: address(`/recordings/${recording.id}/files/${file.name}`) }, file.name), el("span", { className: "muted" }, ` ${ABOUT[file.name] ?? ""} · ${bytes(file.size_bytes)}`))),
        el("li", {}, el("a", { href: address(`/recordings/${recording.id}/video`), download: recording.name }, "The video"), el("span", { className: "muted" }, ` ${recording.name} · ${bytes(recording.size_bytes)}`)))),
  ];
}
