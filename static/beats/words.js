// Times, spans and shares as people read them.

/** Seconds since something, in one or two units. */
export function span(seconds) {
  if (seconds < 0.95) return `${Math.max(0, Math.round(seconds * 1000))} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const d = Math.floor(whole / 86400), h = Math.floor(whole / 3600) % 24, m = Math.floor(whole / 60) % 60;
  if (d) return h ? `${d} d ${h} h` : `${d} d`;
  if (h) return m ? `${h} h ${m} min` : `${h} h`;
  return m ? `${m} min` : `${whole} s`;
}

/** A difference of clocks, with its sign. */
export function difference(seconds) {
  const size = Math.abs(seconds);
  const sign = seconds < 0 ? "\u2212" : "+";
  if (size < 0.0000005) return "0";
  if (size < 0.001) return `${sign}${Math.round(size * 1e6)} µs`;
  if (size < 1) return `${sign}${(size * 1000).toFixed(size < 0.1 ? 1 : 0)} ms`;
  return sign + span(size);
}

export function share(part) {
  const percent = part * 100;
  if (percent === 0) return "0 %";
  return percent < 0.1 ? "< 0.1 %" : `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}

export function moment(seconds) {
  return new Date(seconds * 1000).toLocaleString([], { dateStyle: "medium", timeStyle: "medium" });
}

export const count = (n) => n.toLocaleString();

const meaning = { x: "stopped", u: "up", n: "new", l: "late", s: "suspect", d: "down", "-": "not known" };

/** "up 57 min, down 3 min", from a letter a minute. */
export function hour(letters) {
  const minutes = {};
  for (const letter of letters.toLowerCase()) minutes[meaning[letter]] = (minutes[meaning[letter]] ?? 0) + 1;
  return Object.entries(minutes).map(([state, n]) => `${state} ${n} min`).join(", ");
}
