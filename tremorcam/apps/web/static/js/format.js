// Numbers and dates as people read them.

export function number(value, digits = 2) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return value.toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: Math.min(digits, 1) });
}

// Enough digits for a measured size: 0.44, 1.2, 13.
export function size(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return value.toLocaleString("en", { maximumFractionDigits: decimals(value) });
}

// Bounds keep their zeros, so that 0.50 to 0.58 reads as equally well known at both ends.
export function interval(low, high) {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return "";
  return [low, high].map((end) => (end === 0 ? "0" : end.toLocaleString("en", { minimumFractionDigits: decimals(end), maximumFractionDigits: decimals(end) }))).join(" to ");
}

// Rounded up, as in the answer's sentence: what is above it would have been seen.
export function bound(limit) {
  return size(Math.ceil(Number((100 * limit).toFixed(6))) / 100);
}

function decimals(value) {
  const magnitude = Math.abs(value);
  return magnitude < 1 ? 2 : magnitude < 10 ? 1 : 0;
}

export function date(text) {
  return new Date(text).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

export function day(text) {
  return new Date(text).toLocaleDateString(undefined, { day: "numeric", month: "short" });
}

export function bytes(count) {
  if (count < 1024) return `${count} B`;
  if (count < 1024 ** 2) return `${Math.round(count / 1024)} kB`;
  if (count >= 1024 ** 3) return `${(count / 1024 ** 3).toFixed(1).replace(".0", "")} GB`;
  return `${(count / 1024 ** 2).toFixed(count < 10 * 1024 ** 2 ? 1 : 0)} MB`;
}

// Sentences of the server begin small, since other texts may lead up to them.
export function sentence(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function seconds(value) {
  return `${value.toFixed(1)} s`;
}

export function duration(value) {
  if (value < 60) return `${Math.round(value)} s`;
  const rest = Math.round(value % 60);
  return `${Math.floor(value / 60)} min${rest ? ` ${rest} s` : ""}`;
}
