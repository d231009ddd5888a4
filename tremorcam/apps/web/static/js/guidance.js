// Live advice: small pictures to the server, its view of them back. Never a measurement.

import { openSocket } from "./api.js";

const WIDTH = 320;
const EVERY_MS = 70;
const TICK_MS = 10;
const LOST_MS = 2000;

export class Guidance {
  #socket;
  #video;
  #canvas = document.createElement("canvas");
  #timer = null;
  #sentAt = 0;
  #waiting = false;
  #closed = false;
  #told = "";
  latencies = [];

  constructor(video, { onAdvice, rate }) {
    this.#video = video;
    this.onAdvice = onAdvice;
    this.rate = rate;
    this.#connect();
    this.#timer = setInterval(() => this.#send(), TICK_MS);
  }

  close() {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#socket.close();
  }

  #connect() {
    this.#socket = openSocket("/guidance");
    this.#socket.onmessage = ({ data }) => {
      this.#waiting = false;
      this.latencies.push(performance.now() - this.#sentAt);
      if (this.latencies.length > 300) this.latencies.shift();
      const advice = JSON.parse(data);
      if (!advice.error && !this.#closed) this.onAdvice(advice);
    };
    this.#socket.onclose = () => {
      this.#waiting = false;
      if (!this.#closed) setTimeout(() => !this.#closed && this.#connect(), 1000);
    };
  }

  // One picture is under way at a time, so that an answer is always about the latest.
  #send() {
    const video = this.#video;
    const ready = this.#socket.readyState === WebSocket.OPEN && video.videoWidth > 0;
    const since = performance.now() - this.#sentAt;
    if (!ready || since < EVERY_MS || (this.#waiting && since < LOST_MS)) return;
    this.#waiting = true;
    this.#sentAt = performance.now();
    this.#tellCamera();
    this.#canvas.width = WIDTH;
    this.#canvas.height = Math.round((WIDTH * video.videoHeight) / video.videoWidth);
    this.#canvas.getContext("2d", { alpha: false }).drawImage(video, 0, 0, this.#canvas.width, this.#canvas.height);
    this.#canvas.toBlob((picture) => {
      if (picture && this.#socket.readyState === WebSocket.OPEN) this.#socket.send(picture);
      else this.#waiting = false;
    }, "image/jpeg", 0.7);
  }

  #tellCamera() {
    const rate = this.rate();
    const text = JSON.stringify({
      width_px: this.#video.videoWidth,
      height_px: this.#video.videoHeight,
      rate_hz: rate === null ? null : Math.round(rate * 2) / 2,
    });
    if (text !== this.#told) this.#socket.send(text);
    this.#told = text;
  }
}
