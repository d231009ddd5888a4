// The guided test: which step, how long still, pause and repeat, and the cues it leaves.

import { playDone, playNext, playTick } from "./sounds.js";

const TICK_MS = 100;

export class GuidedTest {
  #steps;
  #clock;
  #number = -1;
  #onset = 0;
  #timer = null;
  #paused = false;
  #lastCount = 0;
  cues = [];

  // `clock` gives the recording's own time in seconds.
  constructor(steps, clock, { onStep, onTick, onPause, onEnd }) {
    this.#steps = steps;
    this.#clock = clock;
    Object.assign(this, { onStep, onTick, onPause, onEnd });
  }

  get paused() { return this.#paused; }

  get #running() { return this.#timer !== null; }

  start() {
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#enter(0);
  }

  stop() {
    clearInterval(this.#timer);
    this.#timer = null;
  }

  // The video goes on; the half-done step is marked and done again from its beginning.
  pause() {
    if (this.#paused || !this.#running) return;
    this.#close("interrupted");
    this.#paused = true;
    this.onPause(true);
  }

  resume() {
    if (!this.#paused) return;
    this.#close("pause");
    this.#paused = false;
    this.onPause(false);
    this.#enter(this.#number);
  }

  repeat() {
    if (this.#paused || !this.#running) return;
    this.#close("interrupted");
    this.#enter(this.#number);
  }

  #enter(number) {
    this.#number = number;
    this.#onset = this.#clock();
    this.#lastCount = 0;
    playNext();
    this.onStep(this.#steps[number], number);
  }

  #close(task) {
    const now = this.#clock();
    this.cues.push({ task, onset_s: round(this.#onset), offset_s: round(now) });
    this.#onset = now;
  }

  #tick() {
    if (this.#paused) return;
    const step = this.#steps[this.#number];
    const left = step.duration_s - (this.#clock() - this.#onset);
    if (left > 0) {
      this.#count(left);
      this.onTick(left, step);
      return;
    }
    this.#close(step.task);
    if (this.#number + 1 < this.#steps.length) {
      this.#enter(this.#number + 1);
    } else {
      this.stop();
      playDone();
      this.onEnd();
    }
  }

  #count(left) {
    const whole = Math.ceil(left);
    if (whole <= 3 && whole !== this.#lastCount) playTick();
    this.#lastCount = whole;
  }
}

function round(seconds) {
  return Math.round(seconds * 1000) / 1000;
}
