// The stage while the test runs: large words, what is left, and a way out.

import { announce, confirmed, el, replace } from "./dom.js";
import { Capture } from "./capture.js";
import { GuidedTest } from "./guided.js";

// Starts recording and guides through the steps. Returns what to call when the view is left.
export async function runTest({ view, preview, stream, protocol, person, leastBits, onDone, onCancel }) {
  const stage = new Stage(view, preview, protocol);
  let capture;
  try {
    capture = await Capture.begin({ stream, video: preview.video, protocol: protocol.name, person, leastBits, onTrouble: (error) => stage.fail(error, onCancel) });
  } catch (error) {
    stage.fail(error, onCancel);
    return () => {};
  }
  const screen = await navigator.wakeLock?.request("screen").catch(() => null);
  const warn = (event) => event.preventDefault();
  addEventListener("beforeunload", warn);
  const test = new GuidedTest(protocol.steps, () => capture.time, {
    onStep: (step, number) => { stage.showStep(step, number); capture.storeCues(test.cues); },
    onTick: (left, step) => stage.showTime(left, step),
    onPause: (paused) => stage.showPause(paused),
    onEnd: () => finish(),
  });
  let released = false;
  const release = () => { released = true; test.stop(); stage.close(); screen?.release(); removeEventListener("beforeunload", warn); };
  const finish = async () => {
    release();
    stage.showSaving();
    try {
      onDone(await capture.finish(test.cues));
    } catch (error) {
      stage.fail(error, onCancel);
    }
  };
  stage.onPause = () => (test.paused ? test.resume() : test.pause());
  stage.onRepeat = () => test.repeat();
  stage.onStop = async () => {
    test.pause();
    if (!(await confirmed("Stop the test?", "What was recorded so far is thrown away.", "Stop and throw away"))) { test.resume(); return; }
    release();
    await capture.discard().catch(() => {});
    onCancel();
  };
  await capture.start();
  if (!released) test.start();
  return () => { release(); capture.abandon(); };
}

class Stage {
  #view;
  #ring;

  constructor(view, preview, protocol) {
    this.#view = view;
    this.say = el("p", { className: "say" }, "Get ready…");
    this.hint = el("p", { className: "hint" });
    this.count = el("span", { className: "count number", "aria-hidden": true });
    this.#ring = el("div", { className: "ring", role: "progressbar", "aria-label": "This step", "aria-valuemin": 0, "aria-valuemax": 100 }, this.count);
    this.dots = el("ol", { className: "dots", "aria-label": "Steps" }, protocol.steps.map((step) => el("li", { title: step.say }, el("span", { className: "unseen" }, step.say))));
    this.pause = el("button", { disabled: true, onclick: () => this.onPause() }, "Pause");
    this.repeat = el("button", { disabled: true, onclick: () => this.onRepeat() }, "Repeat this step");
    this.controls = el("div", { className: "row" }, this.pause, this.repeat, el("button", { className: "quiet danger", onclick: () => this.onStop() }, "Stop"));
    replace(view,
      el("h1", { className: "unseen", tabIndex: -1 }, protocol.title),
      el("div", { className: "studio running" },
        el("section", { className: "card stage", "aria-label": "What to do" }, this.#ring, this.say, this.hint, this.dots, this.controls),
        preview.element));
    this.keys = (event) => { if (event.key === " " && !event.target.closest("button, a, dialog")) { event.preventDefault(); this.onPause(); } };
    addEventListener("keydown", this.keys);
    view.querySelector("h1").focus({ preventScroll: true });
    preview.video.play().catch(() => {});
  }

  close() {
    removeEventListener("keydown", this.keys);
  }

  showStep(step, number) {
    this.pause.disabled = this.repeat.disabled = false;
    this.say.textContent = step.say;
    this.hint.textContent = step.hint;
    announce(`${step.say}. ${step.hint}`);
    [...this.dots.children].forEach((dot, at) => {
      dot.className = at < number ? "past" : at === number ? "now" : "";
      if (at === number) dot.setAttribute("aria-current", "step"); else dot.removeAttribute("aria-current");
    });
  }

  showTime(left, step) {
    this.count.textContent = Math.ceil(left);
    const share = 1 - left / step.duration_s;
    this.#ring.style.setProperty("--share", share.toFixed(3));
    this.#ring.setAttribute("aria-valuenow", Math.round(share * 100));
  }

  showPause(paused) {
    this.pause.textContent = paused ? "Go on" : "Pause";
    this.repeat.disabled = paused;
    if (!paused) return;
    this.say.textContent = "Paused";
    this.hint.textContent = "This step begins anew when you go on.";
    announce("Paused");
  }

  showSaving() {
    this.say.textContent = "Well done";
    this.hint.textContent = "Saving the last seconds…";
    this.controls.remove();
    announce("Well done. Saving.");
  }

  fail(error, onCancel) {
    replace(this.#view, el("h1", {}, "The recording did not work"),
      el("div", { className: "note bad", role: "alert" }, el("p", {}, error.message)),
      el("p", {}, "What arrived before is kept under History."),
      el("button", { className: "primary", onclick: onCancel }, "Try again"));
  }
}
