// The view that takes videos: several at once, each with its progress and its answer.

import { getConfig, post, upload } from "./api.js";
import { announce, el, replace } from "./dom.js";
import { bytes, sentence } from "./format.js";
import { describeJob, isBusy, watch } from "./jobs.js";

const AT_ONCE = 2;

export async function show(view) {
  const config = await getConfig();
  const queue = new Queue(config.max_upload_bytes);
  const input = el("input", { type: "file", id: "files", multiple: true, accept: "video/*,.mkv,.avi,.mts,.m2ts,.gif", className: "unseen", onchange: () => { queue.add(input.files); input.value = ""; } });
  const drop = el("div", { className: "drop" },
    el("p", { className: "big" }, "Drop videos here"),
    el("p", { className: "muted" }, `Any format, up to ${bytes(config.max_upload_bytes)} each. They are copied to this machine's data folder and sent nowhere.`),
    el("button", { className: "primary", onclick: () => input.click() }, "Choose videos"), input);
  input.tabIndex = -1;
  input.setAttribute("aria-label", "Videos");
  acceptDrops(drop, (files) => queue.add(files));
  replace(view,
    el("h1", {}, "Measure videos you have"),
    el("p", { className: "lead" }, "One face, seen from the front, smiling for ten seconds or more in good light. Ask the camera app for its best quality: hard compression takes small shaking away."),
    drop,
    el("div", { className: "card options" },
      el("label", { className: "tick" }, el("input", { type: "checkbox", onchange: (event) => { queue.mirrored = event.target.checked; } }),
        el("span", {}, "These videos are mirrored", el("br"), el("span", { className: "muted small" }, "Some selfie apps flip left and right. Writing in the picture then reads backwards."))),
      el("p", {}, el("label", { htmlFor: "person" }, "Whose face is it? "),
        el("input", { id: "person", type: "text", maxLength: 60, autocomplete: "off", placeholder: "Optional", oninput: (event) => { queue.person = event.target.value; } }))),
    queue.element);
  return () => queue.end();
}

function acceptDrops(target, onFiles) {
  for (const name of ["dragenter", "dragover"]) {
    target.addEventListener(name, (event) => { event.preventDefault(); target.classList.add("over"); });
  }
  for (const name of ["dragleave", "drop"]) target.addEventListener(name, () => target.classList.remove("over"));
  target.addEventListener("drop", (event) => { event.preventDefault(); onFiles(event.dataTransfer.files); });
}

class Queue {
  #limit;
  #waiting = [];
  #active = 0;
  #stops = [];
  mirrored = false;
  person = "";
  list = el("ul", { className: "queue" });
  element = el("section", { className: "card", hidden: true }, el("h2", {}, "Your videos"), this.list);

  constructor(limit) {
    this.#limit = limit;
  }

  end() {
    for (const stop of this.#stops) stop();
  }

  add(files) {
    const options = { mirrored: this.mirrored, person: this.person };
    this.element.hidden = false;
    for (const file of files) {
      const line = new Line(file);
      this.list.append(line.element);
      if (file.size > this.#limit) line.fail(`This file has ${bytes(file.size)}; ${bytes(this.#limit)} is the most that is taken. Cut it or scale it down to 720p.`);
      else if (!file.size) line.fail("This file is empty.");
      else this.#waiting.push([line, file, options]);
    }
    this.#next();
  }

  #next() {
    while (this.#active < AT_ONCE && this.#waiting.length) {
      this.#active += 1;
      this.#send(...this.#waiting.shift()).finally(() => { this.#active -= 1; this.#next(); });
    }
  }

  async #send(line, file, options) {
    try {
      const recorded = file.lastModified ? { recorded_at: new Date(file.lastModified).toISOString() } : {};
      const { finished, cancel } = upload(file, { ...options, ...recorded }, (share) => line.showUpload(share));
      line.offerCancel(cancel);
      const recording = await finished;
      this.#stops.push(watch(recording.id, (now) => line.showJob(now), (error) => line.fail(error.message)));
    } catch (error) {
      line.fail(error.message);
    }
  }
}

class Line {
  constructor(file) {
    this.name = file.name;
    this.progress = el("progress", { max: 1, value: 0, "aria-label": `Progress of ${file.name}` });
    this.action = el("span");
    this.text = el("span", { className: "muted small" }, "Waiting");
    this.element = el("li", {}, el("span", {}, el("strong", {}, file.name), el("br"), this.text), this.action, this.progress);
  }

  offerCancel(cancel) {
    replace(this.action, el("button", { className: "quiet", onclick: cancel, "aria-label": `Cancel ${this.name}` }, "Cancel"));
  }

  showUpload(share) {
    this.progress.value = share;
    this.text.textContent = share < 1 ? `Copying ${Math.round(100 * share)} %` : "Checking";
  }

  showJob(recording) {
    if (isBusy(recording)) {
      this.progress.value = recording.job.progress;
      this.text.textContent = describeJob(recording).text;
      this.offerCancel(() => post(`/recordings/${recording.id}/cancel`));
      return;
    }
    if (recording.job.status !== "done") {
      this.fail(sentence(recording.job.error || describeJob(recording).text));
      return;
    }
    this.progress.remove();
    this.text.textContent = recording.result.answer;
    replace(this.action, el("a", { className: "button", href: `#/result/${recording.id}`, "aria-label": `See the result of ${this.name}` }, "See the result"));
    announce(`${this.name}: ${recording.result.answer}`);
  }

  fail(reason) {
    this.progress.remove();
    replace(this.action, el("span", { className: "badge bad" }, "Not measured"));
    this.text.textContent = reason;
    announce(`${this.name}: ${reason}`);
  }
}
