// The camera: opening it, and how many pictures a second it really gives.

export async function openCamera(deviceId) {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new Error("This browser gives no camera to this page. Open it at http://127.0.0.1 or http://localhost.");
  }
  const video = {
    width: { ideal: 1280 },
    height: { ideal: 720 },
    frameRate: { ideal: 60 },
    ...(deviceId ? { deviceId: { exact: deviceId } } : { facingMode: "user" }),
  };
  try {
    return await navigator.mediaDevices.getUserMedia({ video, audio: false });
  } catch (error) {
    throw new Error(REASONS[error.name] ?? `The camera cannot be opened: ${error.message}`);
  }
}

const REASONS = {
  NotAllowedError: "The camera is blocked. Allow it for this page in the address bar, then try again.",
  NotFoundError: "No camera was found. Plug one in, or upload a video instead.",
  NotReadableError: "Another program is using the camera. Close it, then try again.",
  OverconstrainedError: "This camera is gone. Choose another one.",
};

export async function listCameras() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter((device) => device.kind === "videoinput");
}

export function closeStream(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

// Calls back for every picture shown; where the browser cannot tell, for every repaint.
export function watchFrames(video, callback) {
  let active = true;
  if (!("requestVideoFrameCallback" in video)) return () => {};
  const next = (now, frame) => {
    if (!active) return;
    callback(now, frame);
    video.requestVideoFrameCallback(next);
  };
  video.requestVideoFrameCallback(next);
  return () => { active = false; };
}

// Pictures a second over the last two seconds, by the camera's own count.
export class RateCounter {
  #frames = [];

  add(now, frame) {
    this.#frames.push([now, frame.presentedFrames]);
    while (now - this.#frames[0][0] > 2000) this.#frames.shift();
  }

  get rate() {
    const [first, last] = [this.#frames[0], this.#frames.at(-1)];
    if (!first || last[0] - first[0] < 1000) return null;
    return (last[1] - first[1]) / ((last[0] - first[0]) / 1000);
  }
}
