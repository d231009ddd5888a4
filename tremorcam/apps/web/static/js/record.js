// The view that records: choose a test, sit right, smile, done.

import { getConfig } from "./api.js";
import { closeStream, listCameras, openCamera, RateCounter, watchFrames } from "./camera.js";
import { announce, el, replace } from "./dom.js";
import { duration } from "./format.js";
import { Guidance } from "./guidance.js";
import { Preview } from "./preview.js";
import { runTest } from "./testing.js";
import { setSounds, wakeSounds } from "./sounds.js";

export async function show(view) {
  const config = await getConfig();
  const session = new Session(view, config);
  session.showChoice();
  return () => session.end();
}

class Session {
  #view;
  #config;
  #stream = null;
  #guidance = null;
  #stopFrames = () => {};
  #stopTest = null;
  #ended = false;
  #counter = new RateCounter();

  constructor(view, config) {
    this.#view = view;
    this.#config = config;
    this.protocol = config.protocols[0];
    this.person = "";
  }

  end() {
    this.#ended = true;
    this.#stopTest?.();
    this.#closeCamera();
  }

  showChoice() {
    const trouble = el("div", { role: "alert" });
    const open = el("button", { className: "primary", onclick: () => this.#open(open, trouble) }, "Open the camera");
    replace(this.#view,
      el("h1", {}, "Does your face shake when you smile?"),
      el("p", { className: "lead" }, "Smile at your camera for half a minute. You get an answer with its numbers: where, how fast, how much. The video never leaves this machine."),
      el("div", { className: "card" },
        el("fieldset", {}, el("legend", {}, "Which test?"), el("div", { className: "choices" }, this.#config.protocols.map((each) => this.#choice(each)))),
        el("details", {}, el("summary", {}, "More choices"), this.#personField(), this.#soundField()),
        trouble,
        el("div", { className: "row start" }, open, el("a", { href: "#/upload", className: "button quiet" }, "I have a video already"))));
  }

  #choice(protocol) {
    return el("label", { className: "choice" },
      el("input", { type: "radio", name: "protocol", checked: protocol === this.protocol, onchange: () => { this.protocol = protocol; } }),
      el("span", {}, el("strong", {}, protocol.title), el("span", { className: "muted" }, `${protocol.about} ${duration(protocol.duration_s)}.`)));
  }

  #personField() {
    return el("p", {}, el("label", { htmlFor: "person" }, "Whose face is it? "),
      el("input", { id: "person", type: "text", maxLength: 60, autocomplete: "off", placeholder: "Initials, if several people use this", oninput: (event) => { this.person = event.target.value; } }));
  }

  #soundField() {
    return el("label", { className: "tick" },
      el("input", { type: "checkbox", checked: true, onchange: (event) => setSounds(event.target.checked) }),
      "Soft sounds when the next step begins");
  }

  async #open(button, trouble, deviceId) {
    wakeSounds();
    button.disabled = true;
    replace(trouble);
    try {
      const stream = await openCamera(deviceId);
      if (this.#ended) { closeStream(stream); return; }
      this.#closeCamera();
      this.#stream = stream;
      await this.#showSetup();
    } catch (error) {
      replace(trouble, el("p", { className: "note bad" }, error.message));
    }
    button.disabled = false;
  }

  async #showSetup() {
    this.preview = new Preview(this.#stream);
    const checks = el("ul", { className: "checks", "aria-label": "Checks" });
    const words = el("p", { className: "advice", role: "status" }, "Looking for your face…");
    const start = el("button", { className: "primary", onclick: () => this.#run() }, "Start the test");
    const trouble = el("div", { role: "alert" });
    replace(this.#view,
      el("h1", { tabIndex: -1 }, "Sit comfortably, face the camera"),
      el("div", { className: "studio" },
        this.preview.element,
        el("div", { className: "card side" }, words, checks, trouble,
          el("div", { className: "row start" }, start),
          await this.#cameraField(trouble),
          el("p", { className: "small muted" }, "The picture is mirrored on the screen only. Advice and bars are guidance; what counts is measured afterwards from the recording."))));
    this.#view.querySelector("h1").focus({ preventScroll: true });
    this.#listen((advice) => this.#showAdvice(advice, { checks, words, start }));
  }

  async #cameraField(trouble) {
    const cameras = await listCameras();
    if (cameras.length < 2) return null;
    const current = this.#stream.getVideoTracks()[0].getSettings().deviceId;
    const select = el("select", { id: "camera", onchange: () => this.#open(select, trouble, select.value) },
      cameras.map((camera, number) => el("option", { value: camera.deviceId, selected: camera.deviceId === current }, camera.label || `Camera ${number + 1}`)));
    return el("p", {}, el("label", { htmlFor: "camera" }, "Camera "), select);
  }

  #listen(onAdvice) {
    const video = this.preview.video;
    this.#stopFrames = watchFrames(video, (now, frame) => this.#counter.add(now, frame));
    this.#guidance = new Guidance(video, {
      rate: () => this.#counter.rate,
      onAdvice: (advice) => { this.preview.draw(advice); this.onAdvice?.(advice); },
    });
    this.onAdvice = onAdvice;
  }

  #showAdvice(advice, { checks, words, start }) {
    const failed = advice.checks.filter((check) => !check.ok);
    const text = failed.length ? failed[0].text : "All is well. Start when you are ready.";
    if (words.textContent !== text) words.textContent = text;
    words.classList.toggle("ready", !failed.length);
    // Nobody is locked out: a poor recording is measured too, and marked.
    start.textContent = failed.length ? "Start anyway" : "Start the test";
    start.classList.toggle("primary", !failed.length);
    const lines = advice.checks.map((check) => `${check.ok} ${check.text}`).join("\n");
    if (checks.dataset.lines === lines) return;
    checks.dataset.lines = lines;
    replace(checks, advice.checks.map((check) => el("li", { className: check.ok ? "ok" : "no" },
      el("span", { "aria-hidden": true }, check.ok ? "✓" : "!"), el("span", { className: "unseen" }, check.ok ? "Good: " : "To do: "), check.text)));
  }

  async #run() {
    wakeSounds();
    announce(`${this.protocol.title} begins`);
    this.onAdvice = null;
    this.#stopTest = await runTest({
      view: this.#view,
      preview: this.preview,
      stream: this.#stream,
      protocol: this.protocol,
      person: this.person,
      leastBits: this.#config.bits_per_second,
      onDone: (recording) => { this.#stopTest = null; this.#closeCamera(); location.hash = `#/result/${recording.id}`; },
      onCancel: () => { this.#stopTest = null; this.#closeCamera(); this.showChoice(); },
    });
    // For the tests of this page: how quick the guidance was.
    document.documentElement.guidanceLatencies = this.#guidance?.latencies;
  }

  #closeCamera() {
    this.#guidance?.close();
    this.#guidance = null;
    this.#stopFrames();
    this.preview?.close();
    closeStream(this.#stream);
    this.#stream = null;
  }
}
