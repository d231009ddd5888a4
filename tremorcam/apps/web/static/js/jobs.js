// Watching analyses until they end.

import { get } from "./api.js";

const EVERY_MS = 700;

export function isBusy(recording) {
  return ["queued", "running"].includes(recording.job?.status);
}

// Calls back with the recording until its analysis has ended; returns how to stop.
export function watch(id, onChange, onError) {
  let timer;
  let stopped = false;
  const ask = async () => {
    try {
      const recording = await get(`/recordings/${id}`);
      if (stopped) return;
      onChange(recording);
      if (isBusy(recording)) timer = setTimeout(ask, EVERY_MS);
    } catch (error) {
      if (stopped) return;
      onError?.(error);
      if (error.status === 0) timer = setTimeout(ask, 3 * EVERY_MS);
    }
  };
  ask();
  return () => { stopped = true; clearTimeout(timer); };
}

export function describeJob(recording) {
  const { job } = recording;
  if (recording.state === "receiving") return { text: "Recording was cut off", kind: "warn" };
  if (!job) return { text: "Not analysed", kind: "" };
  return {
    queued: { text: "Waiting its turn", kind: "" },
    running: { text: `Measuring ${Math.round(100 * job.progress)} %`, kind: "" },
    done: { text: "Measured", kind: "good" },
    failed: { text: "Could not be measured", kind: "bad" },
    cancelled: { text: "Cancelled", kind: "warn" },
  }[job.status];
}
