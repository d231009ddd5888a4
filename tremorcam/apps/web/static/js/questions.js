// What the person may tell. It orders possible causes and changes no measurement.

import { getConfig, put } from "./api.js";
import { announce, el, replace } from "./dom.js";

export function questions(recording, data, onChange) {
  const fields = el("div", { className: "questions" });
  const trouble = el("div", { role: "alert" });
  const save = el("button", { type: "submit", className: "primary" }, "Save the answers");
  const form = el("form", {
    onsubmit: async (event) => {
      event.preventDefault();
      save.disabled = true;
      try {
        const changed = await put(`/recordings/${recording.id}/context`, read(form));
        announce("Saved");
        onChange(changed);
      } catch (error) {
        replace(trouble, el("p", { className: "note bad" }, error.message));
      }
      save.disabled = false;
    },
  }, fields, trouble, save);
  getConfig().then((config) => replace(fields, config.questions.map((question) => field(question, data.context[question.name]))));
  return [
    el("p", { className: "muted" }, "Answer what you like. Your answers stay on this machine; they order possible causes and change no measurement."),
    el("details", { open: Object.keys(data.context).length > 0 }, el("summary", {}, "Questions about today and about your health"), form),
  ];
}

function field(question, answer) {
  const id = `question-${question.name}`;
  if (question.kind === "many") {
    return el("fieldset", { "data-name": question.name, "data-kind": "many" }, el("legend", {}, question.ask),
      question.choices.map((choice) => el("label", { className: "tick" }, el("input", { type: "checkbox", value: choice.value, checked: (answer ?? []).includes(choice.value) }), choice.label)));
  }
  const label = el("label", { htmlFor: id }, question.ask);
  return el("p", { "data-name": question.name, "data-kind": question.kind }, label, el("br"), input(question, id, answer), question.unit ? ` ${question.unit}` : "");
}

function input(question, id, answer) {
  if (question.kind === "yesno") return select(id, [{ value: true, label: "Yes" }, { value: false, label: "No" }], answer);
  if (question.kind === "choice") return select(id, question.choices, answer);
  if (question.kind === "number") return el("input", { id, type: "number", min: question.min, max: question.max, step: question.step, value: answer ?? "" });
  if (question.kind === "date") return el("input", { id, type: "date", value: answer ?? "" });
  return el("input", { id, type: "text", autocomplete: "off", value: (answer ?? []).join(", ") });
}

function select(id, choices, answer) {
  // An answer from elsewhere, such as 120 mg, is kept as it is.
  const known = answer === undefined || choices.some((choice) => choice.value === answer);
  const all = known ? choices : [...choices, { value: answer, label: String(answer) }];
  return el("select", { id }, el("option", { value: "" }, "No answer"), all.map((choice) => el("option", { value: JSON.stringify(choice.value), selected: choice.value === answer }, choice.label)));
}

function read(form) {
  const answers = {};
  for (const group of form.querySelectorAll("[data-name]")) {
    const answer = readOne(group);
    if (answer !== undefined) answers[group.dataset.name] = answer;
  }
  return answers;
}

function readOne(group) {
  if (group.dataset.kind === "many") {
    const ticked = [...group.querySelectorAll(":checked")].map((box) => box.value);
    return ticked.length ? ticked : undefined;
  }
  const { value } = group.querySelector("input, select");
  if (value === "") return undefined;
  if (group.dataset.kind === "text") return value.split(",").map((text) => text.trim()).filter(Boolean);
  if (group.dataset.kind === "number") return Number(value);
  return group.dataset.kind === "date" ? value : JSON.parse(value);
}
