// Which view is shown: the part of the address after "#/" decides.

import { announce, el, replace } from "./dom.js";

const VIEWS = {
  record: () => import("./record.js"),
  upload: () => import("./upload.js"),
  history: () => import("./history.js"),
  compare: () => import("./compare.js"),
  result: () => import("./results.js"),
};

const main = document.getElementById("main");
let leave = null;
let arrival = 0;

async function show() {
  const [name, ...parts] = location.hash.replace(/^#\/?/, "").split("/");
  if (name === "main") return;
  const load = VIEWS[name] ?? VIEWS.record;
  const mine = ++arrival;
  leave?.();
  leave = null;
  markCurrent(name in VIEWS ? name : "record");
  const view = el("div", { className: "view" });
  try {
    const { show: render } = await load();
    if (mine !== arrival) return;
    replace(main, view);
    // What a view returns is called when it is left: cameras off, polling ended.
    const end = await render(view, ...parts.map(decodeURIComponent));
    if (mine === arrival) leave = end ?? null;
    else end?.();
  } catch (error) {
    if (mine !== arrival) return;
    replace(main, el("div", { className: "note bad", role: "alert" }, el("h1", {}, "That did not work"), el("p", {}, error.message)));
    console.error(error);
  }
  if (mine === arrival) greet();
}

function markCurrent(name) {
  for (const link of document.querySelectorAll("nav a")) {
    const own = link.getAttribute("href") === `#/${name}` || (["result", "compare"].includes(name) && link.getAttribute("href") === "#/history");
    if (own) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function greet() {
  const heading = main.querySelector("h1");
  if (!heading) return;
  document.title = `${heading.textContent} – Tremorcam`;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  announce(heading.textContent);
  scrollTo(0, 0);
}

document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
addEventListener("hashchange", show);
show();
