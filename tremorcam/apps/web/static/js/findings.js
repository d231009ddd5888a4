// The article's patterns, each with its evidence. A resemblance, never a diagnosis.

import { el } from "./dom.js";
import { size } from "./format.js";

const STATUS = { consistent: ["Fits", "warn"], not_consistent: ["Does not fit", ""], not_assessable: ["Cannot be told", ""] };
const ORDER = ["consistent", "not_assessable", "not_consistent"];

export function findings(data) {
  const sorted = [...data.findings].sort((a, b) => b.primary - a.primary || ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
  const lists = [["Might contribute", data.words.contributors], ["What this cannot tell", data.words.cannot_tell], ["What may help", data.words.advice]];
  return [
    el("p", { className: "muted" }, "How the measurement compares with known patterns. This is a resemblance in numbers, not a diagnosis."),
    el("div", { className: "patterns" }, sorted.map(pattern)),
    lists.filter(([, texts]) => texts?.length).map(([title, texts]) => [el("h3", {}, title), el("ul", {}, texts.map((text) => el("li", {}, text)))]),
  ];
}

function pattern(finding) {
  const [text, kind] = STATUS[finding.status];
  return el("details", { className: "pattern", open: finding.primary },
    el("summary", {}, el("span", {}, finding.label), el("span", { className: `badge ${finding.category === "no_tremor" && kind ? "good" : kind}` }, finding.primary ? "Fits best" : text)),
    el("p", {}, finding.explanation),
    finding.evidence.length ? el("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": `Evidence on ${finding.label}` }, evidence(finding.evidence)) : null);
}

function evidence(rows) {
  const head = ["What was asked", "Measured", "Threshold", "Met", "Source"].map((text) => el("th", { scope: "col" }, text));
  return el("table", { className: "small" }, el("thead", {}, el("tr", {}, head)), el("tbody", {}, rows.map((row) => el("tr", {},
    el("th", { scope: "row" }, row.description),
    el("td", { className: "number" }, row.value === null ? "–" : `${value(row.value)}${unit(row.unit)}`),
    el("td", {}, row.limit || (row.threshold === null ? "–" : `${value(row.threshold)}${unit(row.unit)}`)),
    el("td", {}, row.met === null ? "cannot tell" : row.met ? "yes" : "no"),
    el("td", { className: "muted" }, row.source)))));
}

function value(number) {
  return Math.abs(number) < 0.01 && number !== 0 ? number.toPrecision(1) : size(number);
}

function unit(text) {
  return text === "1" || !text ? "" : ` ${text}`;
}
