// The video with its movement below: one time line, which also jumps to a moment.

import { address } from "./api.js";
import { el, svg } from "./dom.js";
import { seconds, size } from "./format.js";

const W = 1000;
const NAMES = {
  blink: "Blink", incomplete_blink: "Incomplete blink", long_closure: "Eyes closed", eyelid_spasm: "Eyelid spasm", look_down: "Looks down",
  wink: "Wink", lid_twitch: "Twitch of an eyelid", mouth_burst: "Burst at the mouth", cheek_burst: "Burst at the cheek",
};

export function player(recording, data) {
  const video = el("video", { controls: true, playsInline: true, preload: "metadata", src: address(`/recordings/${recording.id}/video`) });
  video.setAttribute("aria-label", "The recording");
  const sorry = el("p", { className: "note warn", hidden: true }, "This browser cannot play this kind of video. It was measured all the same.");
  video.addEventListener("error", () => { sorry.hidden = false; video.hidden = true; });
  const end = data.traces.time_s.at(-1) || 1;
  const seek = (time) => { video.currentTime = time; video.scrollIntoView({ block: "nearest" }); };
  const lanes = [...tremorLanes(data, end), smileLane(data, end), eyeLane(data, end)].filter(Boolean);
  const cursors = lanes.map((lane) => lane.cursor);
  const follow = () => cursors.forEach((cursor) => { const x = (video.currentTime / end) * W; cursor.setAttribute("x1", x); cursor.setAttribute("x2", x); });
  let playing = false;
  const step = () => { follow(); if (playing) requestAnimationFrame(step); };
  video.addEventListener("play", () => { playing = true; step(); });
  video.addEventListener("pause", () => { playing = false; });
  video.addEventListener("timeupdate", follow);
  for (const lane of lanes) {
    lane.drawing.addEventListener("click", (event) => { const box = lane.drawing.getBoundingClientRect(); seek(((event.clientX - box.left) / box.width) * end); });
  }
  return { seek, element: el("div", { className: "player" }, el("div", { className: "screen" }, video, sorry), el("div", { className: "lanes" }, phaseNames(data, end), lanes.map((lane) => lane.element), eventList(data, seek))) };
}

function tremorLanes(data, end) {
  const sides = Object.keys(data.traces.tremor_mm);
  const [begin, finish] = data.stretch.bounds_s;
  const range = Math.max(0.05, ...sides.flatMap((side) => data.traces.tremor_mm[side].filter((value, at) => value !== null && data.traces.time_s[at] >= begin && data.traces.time_s[at] <= finish).map(Math.abs))) * 1.15;
  const order = sides.length > 1 ? ["right", "left"] : sides;
  return order.map((side) => lane(data, end, `Shaking of the ${data.region.label}, your ${side === "both" ? "face" : side} (±${size(range)} mm)`, [[side, data.traces.tremor_mm[side]]], -range, range, 90));
}

function smileLane(data, end) {
  return sidesLane(data, end, "Smile", data.traces.smile_mm, 70);
}

function eyeLane(data, end) {
  return sidesLane(data, end, "Opening of the eyes", data.traces.eye_mm, 60);
}

function sidesLane(data, end, name, series, height) {
  const values = [...series.left, ...series.right].filter((value) => value !== null);
  if (!values.length) return null;
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return lane(data, end, `${name} (${size(high - low)} mm from lowest to highest)`, [["right", series.right], ["left", series.left]], low, high, height);
}

function lane(data, end, title, series, low, high, height) {
  const x = (time) => ((time / end) * W).toFixed(1);
  const y = (value) => (height - 4 - ((value - low) / Math.max(high - low, 1e-9)) * (height - 8)).toFixed(1);
  const holds = data.phases.filter((phase) => phase.phase === "hold").map((phase) => svg("rect", { class: "hold", x: x(phase.onset_s), y: 0, width: x(phase.offset_s - phase.onset_s), height }));
  const marks = data.events.map((event) => svg("rect", { class: `event ${event.side}`, x: x(event.onset_s), y: height - 5, width: Math.max(3, x(event.duration_s)), height: 5 }, svg("title", {}, eventText(event))));
  const lines = series.map(([side, values]) => svg("path", { class: `series ${side}`, d: path(data.traces.time_s, values, x, y) }));
  const cursor = svg("line", { class: "cursor", x1: 0, x2: 0, y1: 0, y2: height });
  const drawing = svg("svg", { class: "lane", viewBox: `0 0 ${W} ${height}`, preserveAspectRatio: "none", role: "img", "aria-label": title }, holds, lines, marks, cursor);
  return { element: el("div", {}, el("p", { className: "small muted lane-name" }, title), drawing), drawing, cursor };
}

// A gap in the measurement is a gap in the line.
function path(times, values, x, y) {
  let open = false;
  return values.map((value, at) => {
    if (value === null) { open = false; return ""; }
    const command = open ? "L" : "M";
    open = true;
    return `${command}${x(times[at])} ${y(value)}`;
  }).join("");
}

function phaseNames(data, end) {
  const holds = data.phases.filter((phase) => phase.phase === "hold");
  const name = (kind, text) => el("span", {}, el("span", { className: `swatch ${kind}` }), text);
  const key = el("p", { className: "small key" }, name("left", "your left"), name("right", "your right"), holds.length ? name("hold", `smile held, ${seconds(holds.reduce((sum, phase) => sum + phase.offset_s - phase.onset_s, 0))} of ${seconds(end)}`) : null);
  return key;
}

function eventText(event) {
  const side = event.side === "both" ? "" : `, your ${event.side}`;
  return `${NAMES[event.event] ?? event.event.replaceAll("_", " ")}${side}, ${seconds(event.onset_s)}`;
}

function eventList(data, seek) {
  if (!data.events.length) return el("p", { className: "small muted" }, "No blinks or twitches were found.");
  return el("details", {}, el("summary", {}, data.events.length > 1 ? `${data.events.length} blinks and twitches` : "One blink or twitch"),
    el("ul", { className: "events" }, data.events.map((event) => el("li", {}, el("button", { onclick: () => seek(event.onset_s), title: event.text }, eventText(event))))));
}
