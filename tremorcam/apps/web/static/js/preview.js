// The mirrored picture, the frame around the face, and how wide each side smiles.

import { el, svg } from "./dom.js";

const TRACE_S = 10;

export class Preview {
  #frame;
  #bars = {};
  #paths = {};
  #trace = [];

  constructor(stream) {
    this.video = el("video", { muted: true, autoplay: true, playsInline: true, className: "mirrored" });
    this.video.setAttribute("aria-label", "Your camera, mirrored");
    this.video.srcObject = stream;
    this.video.play().catch(() => {});
    this.#frame = el("div", { className: "face-frame", hidden: true });
    const lines = ["right", "left"].map((side) => { this.#paths[side] = svg("polyline", { class: `trace ${side}`, points: "" }); return this.#paths[side]; });
    this.element = el("div", { className: "preview" },
      el("div", { className: "picture" }, this.video, this.#frame),
      el("div", { className: "levels" },
        // The preview is a mirror: the person's left is on the left of the screen.
        this.#bar("left"), svg("svg", { class: "live", viewBox: `0 0 ${TRACE_S * 10} 30`, preserveAspectRatio: "none", "aria-hidden": true }, lines), this.#bar("right")));
  }

  close() {
    this.video.srcObject = null;
  }

  draw(advice) {
    this.#drawFrame(advice);
    const now = performance.now() / 1000;
    for (const side of ["left", "right"]) this.#bars[side].value = Math.min(advice.smile?.[side] ?? 0, 1);
    this.#trace.push([now, advice.smile]);
    while (now - this.#trace[0][0] > TRACE_S) this.#trace.shift();
    for (const side of ["left", "right"]) {
      const points = this.#trace.filter(([, smile]) => smile).map(([time, smile]) => `${((time - now + TRACE_S) * 10).toFixed(1)},${(28 - 24 * Math.min(smile[side], 1.1)).toFixed(1)}`);
      this.#paths[side].setAttribute("points", points.join(" "));
    }
  }

  #drawFrame({ box, ready }) {
    this.#frame.hidden = !box;
    if (!box) return;
    const [left, top, width, height] = box.map((share) => `${(share * 100).toFixed(2)}%`);
    // Mirrored like the video under it.
    Object.assign(this.#frame.style, { right: left, top, width, height });
    this.#frame.classList.toggle("ready", ready);
  }

  #bar(side) {
    const meter = el("meter", { min: 0, max: 1, value: 0, "aria-label": `Smile, your ${side}` });
    this.#bars[side] = meter;
    return el("div", { className: `level ${side}` }, el("span", { className: "small" }, `Your ${side}`), meter);
  }
}
