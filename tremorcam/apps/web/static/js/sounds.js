// Soft tones, so that nobody has to look at the words while smiling.

let context = null;
let on = true;

export function setSounds(wanted) {
  on = wanted;
}

// Browsers allow sound only after a click, so this is called from one.
export function wakeSounds() {
  context ??= new AudioContext();
  context.resume().catch(() => {});
}

function tone(frequency, start, length, volume) {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  const at = context.currentTime + start;
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(volume, at + 0.03);
  gain.gain.exponentialRampToValueAtTime(0.001, at + length);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + length);
}

export function playNext() {
  if (!on || !context) return;
  tone(523, 0, 0.25, 0.12);
  tone(784, 0.12, 0.4, 0.12);
}

export function playTick() {
  if (on && context) tone(440, 0, 0.12, 0.05);
}

export function playDone() {
  if (!on || !context) return;
  [523, 659, 784].forEach((frequency, number) => tone(frequency, number * 0.14, 0.5, 0.1));
}
