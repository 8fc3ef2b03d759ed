// A plot of the last minutes as SVG. It is a slider too: pointer and arrow keys choose the moment whose values the
// legend shows, so that everybody can read them.

const space = "http://www.w3.org/2000/svg";
const margin = { left: 60, right: 10, top: 8, bottom: 20 };
const height = 176;

function make(name, attributes = {}, parent = null) {
  const element = document.createElementNS(space, name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  parent?.append(element);
  return element;
}

function html(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const key in attributes) element.setAttribute(key, attributes[key]);
  element.append(...children);
  return element;
}

/** The least of 1, 2, 2.5, 5, 10, ... by which four steps reach `most`. */
function step(most) {
  const rough = most / 4, power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 2.5, 5, 10].map((n) => n * power).find((s) => s >= rough * 0.9999);
}

export class Plot {
  /** what: {title, series: [{name, value(sample), color}], format, floor}; seconds: the width of the window. */
  constructor(what, seconds, words, onCursor) {
    Object.assign(this, { what, seconds, words, onCursor });
    this.colors = what.series.map((s, i) => "s" + (s.color ?? i));
    this.svg = make("svg", { "aria-hidden": "true" });
    this.stage = html("div", { class: "stage", role: "slider", tabindex: "0", "aria-label": what.title + ", moment",
      "aria-valuemin": -seconds, "aria-valuemax": 0, "aria-valuenow": 0, "aria-valuetext": "no data yet" }, this.svg);
    this.values = what.series.map(() => html("b", {}, "–"));
    const legend = html("ul", { class: "legend" }, ...what.series.map((s, i) =>
      html("li", { class: this.colors[i] }, html("i"), s.name + " ", this.values[i])));
    this.element = html("article", {}, html("div", { class: "head" }, html("h2", {}, what.title), legend), this.stage);
    this.width = 0;
    new ResizeObserver(([entry]) => {
      this.width = Math.round(entry.contentRect.width);
      this.draw(this.samples ?? [], this.end ?? 0, this.cursor ?? null);
    }).observe(this.stage);
    this.listen();
  }

  listen() {
    this.stage.addEventListener("pointermove", (event) => {
      const box = this.stage.getBoundingClientRect();
      const part = (event.clientX - box.left - margin.left) / (box.width - margin.left - margin.right);
      this.onCursor(Math.round(Math.min(0, Math.max(-1, part - 1)) * this.seconds));
    });
    this.stage.addEventListener("pointerleave", () => this.onCursor(null));
    this.stage.addEventListener("blur", () => this.onCursor(null));
    const moves = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -30, PageUp: 30,
      Home: -Infinity, End: Infinity };
    this.stage.addEventListener("keydown", (event) => {
      if (event.key === "Escape") return this.onCursor(null);
      if (!(event.key in moves)) return;
      event.preventDefault();
      this.onCursor(Math.min(0, Math.max(-this.seconds, (this.cursor ?? 0) + moves[event.key])));
    });
  }

  /** samples in order of `at`; end: the `at` of the right edge; cursor: seconds from there, or null. */
  draw(samples, end, cursor) {
    Object.assign(this, { samples, end, cursor });
    const chosen = cursor === null ? samples.at(-1) : this.nearest(end + cursor);
    this.what.series.forEach((s, i) => { this.values[i].textContent = this.say(chosen ? s.value(chosen) : null); });
    this.stage.setAttribute("aria-valuenow", cursor ?? 0);
    this.stage.setAttribute("aria-valuetext", chosen ? (cursor ? `${-cursor} s ago: ` : "now: ") +
      this.what.series.map((s) => `${s.name} ${this.say(s.value(chosen))}`).join(", ") : "no data");
    if (this.width < margin.left + margin.right + 20) return;
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${height}`);
    this.svg.replaceChildren();
    this.scale();
    this.axes();
    for (let i = this.what.series.length; i-- > 0;) this.line(this.what.series[i], i);
    if (cursor !== null) this.mark(chosen, cursor);
  }

  say(value) { return this.words(this.what.format(value)); }

  nearest(at) {
    let best = null;
    for (const s of this.samples) if (Math.abs(s.at - at) <= Math.abs((best?.at ?? Infinity) - at)) best = s;
    return best && Math.abs(best.at - at) < 2.5 ? best : null;
  }

  scale() {
    let most = this.what.floor;
    for (const sample of this.samples)
      for (const s of this.what.series) most = Math.max(most, s.value(sample) ?? 0);
    this.step = step(most);
    this.top = this.step * Math.ceil(most / this.step - 1e-9);
  }

  x(at) { return margin.left + (1 + (at - this.end) / this.seconds) * (this.width - margin.left - margin.right); }
  y(value) { return margin.top + (1 - value / this.top) * (height - margin.top - margin.bottom); }

  axes() {
    for (let value = 0; value <= this.top * 1.001; value += this.step) {
      const y = Math.round(this.y(value)) + 0.5;
      make("line", { class: value ? "grid" : "base", x1: margin.left, x2: this.width - margin.right, y1: y, y2: y }, this.svg);
      const text = make("text", { x: margin.left - 8, y: y + 3.5, "text-anchor": "end" }, this.svg);
      text.textContent = value ? this.say(value).replace(/\.0+(?=\D)/, "") : "0";
    }
    const every = this.width < 420 ? 120 : 60;
    for (let ago = 0; ago <= this.seconds; ago += every) {
      const text = make("text", { x: this.x(this.end - ago), y: height - 5, "text-anchor": ago ? "middle" : "end" }, this.svg);
      text.textContent = ago ? `−${ago / 60} min` : "now";
    }
  }

  line(series, i) {
    const runs = [];
    let last = -Infinity;
    for (const sample of this.samples) {
      const value = series.value(sample);
      if (value === null) { last = -Infinity; continue; }
      if (sample.at - last > 2.5) runs.push([]); // a gap: nobody knows what was there
      last = sample.at;
      runs.at(-1).push([this.x(sample.at).toFixed(1), this.y(value).toFixed(1)]);
    }
    for (const run of runs) {
      const way = run.map((p) => p.join(" ")).join("L");
      if (i === 0 && this.what.series[0].color === undefined)
        make("path", { class: "area " + this.colors[0], d: `M${way}L${run.at(-1)[0]} ${this.y(0)}L${run[0][0]} ${this.y(0)}Z` }, this.svg);
      make("path", { class: "line " + this.colors[i], d: "M" + way + (run.length === 1 ? "h.1" : "") }, this.svg);
    }
  }

  mark(chosen, cursor) {
    const x = this.x(chosen ? chosen.at : this.end + cursor);
    make("line", { class: "cursor", x1: x, x2: x, y1: margin.top, y2: height - margin.bottom }, this.svg);
    this.what.series.forEach((s, i) => {
      const value = chosen ? s.value(chosen) : null;
      if (value !== null) make("circle", { class: "dot " + this.colors[i], cx: x, cy: this.y(value), r: 3.5 }, this.svg);
    });
  }
}
