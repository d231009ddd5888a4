"""A clip for Chromium's fake camera: a face of known motion whose every picture is numbered.

A busy machine delays or drops pictures, and then a tremor of 7 Hz is no longer 7 Hz in the
recording. The numbers, painted as black and white squares along the lower edge, tell which
picture of the clip each picture of a recording is, and so what is true of the recording.
"""

import shutil
from dataclasses import replace

import av
import cv2
import numpy as np
from scipy.signal import lombscargle

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

RATE_HZ = 30.0
TREMOR_HZ, TREMOR_MM = 7.0, 0.3

# Few seconds are rendered and shown again and again; 14 periods of the tremor fill the part
# of the smile that is repeated, so that the tremor goes on without a jump. The head is still
# for the same reason.
RENDERED_S, SMILE_S = 6.0, (1.5, 4.8)
_NEUTRAL, _HELD = slice(0, 45), slice(75, 135)
_ORDER = np.r_[
    np.tile(np.r_[_NEUTRAL], 5), np.r_[45:75], np.tile(np.r_[_HELD], 7), np.r_[135:180]
]  # fmt: skip
CLIP_S = len(_ORDER) / RATE_HZ
BEGIN_AT_S = 1.4
"""Begin the quick test here: the face smiles shortly after it is asked to, as people do."""

N_BITS, SQUARE_PX = 10, 16


def make_clip(folder):
    """Render the clip; the Motion JPEG file that Chromium plays as a camera."""
    from tremorcam.simulate import Head, Scene, Smile, exact_tremor, render

    scene = Scene(
        duration_s=RENDERED_S,
        head=Head(sway_mm=0.0, sway_deg=0.0, sway_scale=0.0),
        smiles=(Smile(*SMILE_S),),
        tremors=(exact_tremor("mouth_corner", "left", TREMOR_HZ, TREMOR_MM),),
    )
    rendered = folder / "rendered.mp4"
    render(replace(scene, encoding=replace(scene.encoding, crf=8)), rendered)
    with av.open(rendered) as container:
        pictures = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    path = folder / "camera.mjpeg"
    with path.open("wb") as file:
        for number, which in enumerate(_ORDER):
            picture = pictures[which].copy()
            _paint_number(picture, number)
            file.write(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 96])[1])
    return path


def launch_browser(playwright, clip):
    """Start a Chromium whose camera plays the clip, and that asks for no permission."""
    return playwright.chromium.launch(
        executable_path=CHROMIUM,
        args=[
            "--headless=new", "--no-sandbox", "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={clip}",
        ],
    )  # fmt: skip


def _paint_number(picture, number):
    for bit in range(N_BITS):
        left = bit * SQUARE_PX
        picture[-SQUARE_PX:, left : left + SQUARE_PX] = 255 * (number >> bit & 1)


def read_number(gray):
    """Number of the clip's picture that is seen in a grey picture of a recording."""
    squares = gray[-SQUARE_PX + 4 : -4, : N_BITS * SQUARE_PX]
    bits = squares.reshape(len(squares), N_BITS, SQUARE_PX)[:, :, 4:-4].mean(axis=(0, 2)) > 128
    return int(bits @ (1 << np.arange(N_BITS)))


# Clicks on a button when the page's video shows the first pictures from a number on: within the
# page, since on a busy machine a question and its answer take longer than the moment lasts.
CLICK_WHEN_SHOWN_JS = f"""
([button, first, last]) => new Promise((resolve) => {{
  const video = document.querySelector("video");
  const [n, size] = [{N_BITS}, {SQUARE_PX}];
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [n * size, size];
  const context = canvas.getContext("2d", {{ willReadFrequently: true }});
  const look = () => {{
    context.drawImage(video, 0, video.videoHeight - size, n * size, size, 0, 0, n * size, size);
    const data = context.getImageData(0, 0, n * size, size).data;
    let number = 0;
    for (let bit = 0; bit < n; bit++) {{
      number += (data[4 * ((size / 2) * n * size + bit * size + size / 2)] > 128) << bit;
    }}
    if (number < first || number > last) {{
      video.requestVideoFrameCallback(look);
      return;
    }}
    document.querySelector(button).click();
    resolve(number);
  }};
  video.requestVideoFrameCallback(look);
}})
"""


class Recorded:
    """What a recording of the clip holds: times, which pictures, and what is true of it."""

    def __init__(self, path):
        times, numbers = [], []
        with av.open(path) as container:
            for frame in container.decode(video=0):
                times.append(frame.time)
                numbers.append(read_number(frame.to_ndarray(format="gray")))
        self.time_s = np.array(times) - times[0]
        self.numbers = np.array(numbers)
        self.clip_s = np.unwrap(self.numbers / RATE_HZ, period=CLIP_S)

    @property
    def n_missing(self):
        """How many pictures of the camera are not in the recording."""
        steps = np.round(np.diff(self.clip_s) * RATE_HZ).astype(int)
        return int(np.clip(steps - 1, 0, None).sum())

    def speed(self, onset_s, offset_s):
        """Seconds of the clip a second of the recording, in a stretch of it."""
        within = self._within(onset_s, offset_s)
        return float(np.polyfit(self.time_s[within], self.clip_s[within], 1)[0])

    def tremor_hz(self, onset_s, offset_s):
        """Where the spectrum of the true tremor peaks, at the times of the recording."""
        within = self._within(onset_s, offset_s)
        frequency_hz = np.arange(4, 10, 0.01)
        truth = np.sin(2 * np.pi * TREMOR_HZ * self.clip_s[within])
        power = lombscargle(self.time_s[within], truth - truth.mean(), 2 * np.pi * frequency_hz)
        return float(frequency_hz[power.argmax()])

    def _within(self, onset_s, offset_s):
        return (self.time_s >= onset_s) & (self.time_s <= offset_s)
