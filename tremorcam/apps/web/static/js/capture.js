// Recording so that the tremor survives: high bit rate, and every second safe on the disk.

import { ApiError, post, put, request } from "./api.js";
import { watchFrames } from "./camera.js";

// What kept small movement best, in this order, when it was measured.
const TYPES = [
  "video/mp4;codecs=avc1.640028",
  "video/mp4;codecs=avc1.42E01E",
  "video/mp4;codecs=avc1",
  "video/webm;codecs=vp8",
  "video/webm;codecs=vp9",
  "video/webm",
  "video/mp4",
];
const CHUNK_MS = 1000;
const GIVE_UP_MS = 60000;
const FRAME_COLUMNS = ["now_s", "media_time_s", "capture_time_s", "presented_frames"];

export function bestType() {
  const type = TYPES.find((each) => MediaRecorder.isTypeSupported(each));
  if (!type) throw new Error("This browser cannot record video. Use another one, or upload a video.");
  return type;
}

// Twelve million bits a second for 720p at 30 pictures a second, more for more of either.
export function bitsPerSecond(settings, least) {
  const pixels = (settings.width ?? 1280) * (settings.height ?? 720);
  const share = (pixels / (1280 * 720)) * (Math.max(settings.frameRate ?? 30, 30) / 30);
  return Math.round(least * Math.max(1, share));
}

export class Capture {
  #recorder;
  #id;
  #offset = 0;
  #sending = Promise.resolve();
  #failure = null;
  #frames = [];
  #stopWatching = () => {};
  #startedAt = 0;
  #settings;
  #bits;

  static async begin({ stream, video, protocol, person, leastBits, onTrouble }) {
    const type = bestType();
    const { id } = await post("/recordings", { protocol, person, mime_type: type });
    return new Capture(id, { stream, video, type, leastBits, onTrouble });
  }

  constructor(id, { stream, video, type, leastBits, onTrouble }) {
    this.#id = id;
    this.onTrouble = onTrouble;
    this.#settings = stream.getVideoTracks()[0].getSettings();
    this.#bits = bitsPerSecond(this.#settings, leastBits);
    this.#recorder = new MediaRecorder(stream, {
      mimeType: type,
      videoBitsPerSecond: this.#bits,
      videoKeyFrameIntervalDuration: CHUNK_MS,
    });
    this.#recorder.ondataavailable = ({ data }) => data.size && this.#queue(data);
    this.#stopWatching = watchFrames(video, (now, frame) => this.#log(now, frame));
  }

  get id() { return this.#id; }

  // Time since the recording began, in seconds: that of the video's own clock.
  get time() { return (performance.now() - this.#startedAt) / 1000; }

  start() {
    return new Promise((resolve) => {
      this.#recorder.onstart = () => { this.#startedAt = performance.now(); resolve(); };
      this.#recorder.onerror = ({ error }) => this.#fail(error);
      this.#recorder.start(CHUNK_MS);
    });
  }

  storeCues(cues) {
    put(`/recordings/${this.#id}/cues`, cues).catch(() => {});
  }

  // Ends the recording, waits until all of it is on the disk, and has it measured.
  async finish(cues) {
    await this.#stop();
    if (this.#failure) throw this.#failure;
    return post(`/recordings/${this.#id}/finish`, {
      cues,
      settings: plainSettings(this.#settings),
      frame_columns: FRAME_COLUMNS,
      frames: this.#frames,
      user_agent: navigator.userAgent.slice(0, 400),
      bits_per_second: this.#bits,
    });
  }

  async discard() {
    await this.#stop();
    await request("DELETE", `/recordings/${this.#id}`);
  }

  // Stops in a hurry, as when the view is left; what was recorded stays on the server.
  abandon() {
    this.#stop().catch(() => {});
  }

  async #stop() {
    this.#stopWatching();
    if (this.#recorder.state !== "inactive") {
      await new Promise((resolve) => { this.#recorder.onstop = resolve; this.#recorder.stop(); });
    }
    await this.#sending;
  }

  #log(now, frame) {
    const since = (time) => (time === undefined ? null : (time - this.#startedAt) / 1000);
    if (this.#startedAt) this.#frames.push([since(now), frame.mediaTime, since(frame.captureTime), frame.presentedFrames]);
  }

  #queue(data) {
    this.#sending = this.#sending.then(() => this.#send(data)).catch((error) => this.#fail(error));
  }

  // A chunk that was lost on the way is sent again; the server knows what it has.
  async #send(data) {
    if (this.#failure) return;
    const deadline = performance.now() + GIVE_UP_MS;
    for (;;) {
      try {
        await request("PUT", `/recordings/${this.#id}/chunks/${this.#offset}`, data);
        this.#offset += data.size;
        return;
      } catch (error) {
        const again = error instanceof ApiError && [0, 408, 500].includes(error.status);
        if (!again || performance.now() > deadline) throw error;
        await new Promise((resolve) => { setTimeout(resolve, 500); });
      }
    }
  }

  #fail(error) {
    this.#failure ??= error;
    this.onTrouble?.(error);
  }
}

function plainSettings(settings) {
  const kept = Object.entries(settings).filter(([, value]) => ["string", "number", "boolean"].includes(typeof value));
  return Object.fromEntries(kept.filter(([name]) => !["deviceId", "groupId"].includes(name)));
}
