// Numbers as people read them: three significant digits and a unit.

function digits(value) {
  if (value === 0 || value >= 99.95) return value.toFixed(0);
  return value.toFixed(value >= 9.995 ? 1 : 2);
}

/** [number, unit] of the largest step that is not above the value. */
function scaled(value, steps) {
  let [size, unit] = steps[0];
  for (const step of steps) if (value >= step[0] * 0.9995) [size, unit] = step;
  return [digits(value / size), unit];
}

const thousands = [[1, ""], [1e3, "k"], [1e6, "M"], [1e9, "G"], [1e12, "T"]];
const bytes = [[1, "B"], [1e3, "kB"], [1e6, "MB"], [1e9, "GB"], [1e12, "TB"]];
const microseconds = [[1, "µs"], [1e3, "ms"], [1e6, "s"]];

/** Each takes a number, or null for "not known", and gives [number, unit]. */
const known = (f) => (value) => (value === null || value === undefined ? ["–", ""] : f(value));
export const count = known((v) => (v < 1e4 && Number.isInteger(v) ? [String(v), ""] : scaled(v, thousands)));
export const rate = known((v) => {
  const [number, unit] = v < 1e4 && v >= 99.95 ? [v.toFixed(0), ""] : scaled(v, thousands);
  return [number, unit + "/s"];
});
export const size = known((v) => scaled(v, bytes));
export const throughput = known((v) => {
  const [number, unit] = scaled(v, bytes);
  return [number, unit + "/s"];
});
export const latency = known((v) => scaled(v, microseconds));

export const words = ([number, unit]) =>
  unit === "" ? number : /^[kMGT]?(\/s)?$/.test(unit) && unit !== "/s" ? number + unit : number + " " + unit;

export function duration(seconds) {
  const whole = Math.floor(seconds);
  const d = Math.floor(whole / 86400), h = Math.floor(whole / 3600) % 24, m = Math.floor(whole / 60) % 60;
  if (d) return `${d} d ${h} h`;
  if (h) return `${h} h ${m} min`;
  return m ? `${m} min ${whole % 60} s` : `${whole} s`;
}
