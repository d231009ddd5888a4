// Building elements. Text is always set as text, so that no file name becomes markup.

const SVG = "http://www.w3.org/2000/svg";

export function el(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

export function svg(tag, properties = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && !(element instanceof SVGElement) && name !== "list") element[name] = value;
    else element.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function replace(parent, ...children) {
  parent.replaceChildren(...children.flat(Infinity).filter(Boolean));
}

export function announce(text) {
  document.getElementById("status").textContent = text;
}

let ids = 0;

export function uniqueId(stem) {
  ids += 1;
  return `${stem}-${ids}`;
}

// A question before something that cannot be undone; resolves to true or false.
export function confirmed(question, detail, yes) {
  return new Promise((resolve) => {
    const title = uniqueId("question");
    const dialog = el("dialog", { "aria-labelledby": title, onclose: () => { resolve(dialog.returnValue === "yes"); dialog.remove(); } },
      el("h2", { id: title }, question), el("p", {}, detail),
      el("div", { className: "row" },
        el("button", { className: "danger", onclick: () => dialog.close("yes") }, yes),
        el("button", { autofocus: true, onclick: () => dialog.close("no") }, "Keep it")));
    document.body.append(dialog);
    dialog.showModal();
  });
}
