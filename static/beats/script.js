// The page of heartbeats: asks /api/beats every two seconds, while somebody looks.

import { count, difference, hour, moment, share, span } from "./words.js";

const interval = 2000, limit = 200; // milliseconds; rows
const order = ["down", "suspect", "late", "new", "up", "stopped"];
const by = (id) => document.getElementById(id);

let shown = new Set(order); // states
let open = new Set(); // names whose details are shown
let timer = 0;
let asked = 0; // the number of the last request: answers to earlier ones are dropped

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** Puts text where it is not there already: what does not change is not touched. */
function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const tiles = new Map(order.map((state) => {
  const number = make("b", {}, "–");
  const input = make("input", { type: "checkbox", checked: "" });
  input.addEventListener("change", () => {
    if (input.checked) shown.add(state);
    else shown.delete(state);
    refresh();
  });
  by("states").append(make("label", { "data-state": state }, input, make("span", {}, number, make("i", {}, state))));
  return [state, number];
}));

const svg = "http://www.w3.org/2000/svg";
const heights = { x: 4, u: 12, n: 12, l: 14, s: 17, d: 20, "-": 1 };

/** Equal minutes become one bar. Not only by colour: the worse, the higher; a notch where beats were lost. */
function drawHour(into, letters) {
  if (into.dataset.letters === letters) return;
  into.dataset.letters = letters;
  const picture = document.createElementNS(svg, "svg");
  picture.setAttribute("viewBox", "0 0 240 20");
  picture.setAttribute("preserveAspectRatio", "none");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", hour(letters));
  for (let at = 0; at < letters.length;) {
    let end = at + 1;
    while (end < letters.length && letters[end] === letters[at]) ++end;
    const letter = letters[at].toLowerCase(), lost = letters[at] !== letter;
    const bar = document.createElementNS(svg, "rect");
    bar.setAttribute("x", at * 4);
    bar.setAttribute("width", (end - at) * 4 - 0.75);
    bar.setAttribute("y", 20 - heights[letter]);
    bar.setAttribute("height", heights[letter]);
    bar.setAttribute("class", `bar-${letter === "-" ? "none" : letter}`);
    picture.append(bar);
    if (lost) {
      const notch = document.createElementNS(svg, "rect");
      notch.setAttribute("x", at * 4);
      notch.setAttribute("width", (end - at) * 4 - 0.75);
      notch.setAttribute("y", 16);
      notch.setAttribute("height", 4);
      notch.setAttribute("class", "notch");
      picture.append(notch);
    }
    at = end;
  }
  into.replaceChildren(picture);
}

const facts = [
  ["Address", (s) => s.address], ["First heard", (s) => moment(s.first_heard)],
  ["Last heard", (s) => moment(s.last_heard)], ["Phi", (s) => s.phi.toFixed(1)],
  ["Interval's deviation", (s) => span(s.deviation_seconds)], ["Received", (s) => count(s.received)],
  ["Lost", (s) => count(s.lost)], ["Late", (s) => count(s.late)], ["Duplicated", (s) => count(s.duplicated)],
  ["Reordered", (s) => count(s.reordered)], ["Outdated", (s) => count(s.outdated)],
  ["Restarts", (s) => count(s.restarts)], ["Clock set", (s) => `${count(s.clock_steps)} times`],
  ["Clock, mean", (s) => difference(s.mean_difference_seconds)],
  ["Clock, variation", (s) => span(s.difference_variation_seconds)],
];

const rows = new Map(); // by name

function makeRow(name) {
  const cell = (attributes, ...children) => make("td", { role: "cell", ...attributes }, ...children);
  const button = make("button", { type: "button", "aria-expanded": "false" }, name);
  const row = {
    state: make("span", { class: "state" }), since: make("small"), hour: make("div", { class: "hour" }),
    beat: cell({ "data-label": "Last beat" }), interval: cell({ "data-label": "Interval" }),
    lost: cell({ "data-label": "Lost" }), clock: cell({ "data-label": "Clock" }), button,
    values: facts.map(() => make("dd")),
  };
  row.line = make("tr", { role: "row" }, make("th", { role: "rowheader", scope: "row" }, button),
    cell({ class: "condition" }, row.state, " ", row.since), cell({ class: "wide" }, row.hour),
    row.beat, row.interval, row.lost, row.clock);
  const list = make("dl", {}, ...facts.map(([label], i) => make("div", {}, make("dt", {}, label), row.values[i])));
  row.more = make("tr", { role: "row", class: "more" }, cell({ colspan: "7" }, list));
  button.addEventListener("click", () => {
    if (open.has(name)) open.delete(name);
    else open.add(name);
    showMore(row, name);
  });
  showMore(row, name);
  return row;
}

function showMore(row, name) {
  row.more.hidden = !open.has(name);
  row.button.setAttribute("aria-expanded", String(open.has(name)));
  fillMore(row);
}

function fillMore(row) {
  if (row.last && open.has(row.last.name)) facts.forEach(([, value], i) => put(row.values[i], value(row.last)));
}

function fill(row, s, now) {
  row.line.dataset.state = s.state;
  put(row.state, s.flapping ? `${s.state}, flapping` : s.state);
  put(row.since, `for ${span(now - s.since)}`);
  drawHour(row.hour, s.hour);
  put(row.beat, `${span(now - s.last_heard)} ago`);
  put(row.interval, span(s.interval_seconds));
  put(row.lost, share(s.loss));
  put(row.clock, difference(s.difference_seconds));
  row.last = s;
  fillMore(row);
}

function draw(answer) {
  const total = order.reduce((sum, state) => sum + answer.states[state], 0);
  for (const [state, number] of tiles) put(number, count(answer.states[state]));
  const lines = [];
  const names = new Set();
  for (const s of answer.senders) {
    names.add(s.name);
    if (!rows.has(s.name)) rows.set(s.name, makeRow(s.name));
    const row = rows.get(s.name);
    fill(row, s, answer.time);
    lines.push(row.line, row.more);
  }
  for (const name of rows.keys()) if (!names.has(name)) rows.delete(name);
  const body = by("rows");
  if (lines.length !== body.children.length || lines.some((line, i) => body.children[i] !== line)) {
    const focused = document.activeElement;
    body.replaceChildren(...lines);
    if (focused !== document.activeElement && body.contains(focused)) focused.focus();
  }
  document.querySelector("table").hidden = lines.length === 0;
  by("empty").hidden = lines.length > 0;
  put(by("empty"), total === 0 ? "No sender has been heard yet. Try: pier-beat HOST --name web1" : "No sender is like that.");
  put(by("title"), answer.matching === 1 ? "1 sender" : `${count(answer.matching)} senders`);
  by("more").hidden = answer.matching <= answer.senders.length;
  put(by("more"), `The first ${count(answer.senders.length)}, the worst before the others.`);
  document.title = answer.states.down ? `${answer.states.down} down – Pier heartbeats` : "Pier heartbeats";
}

function say(state, text) {
  by("link").dataset.state = state;
  put(by("link-text"), text);
}

async function refresh() {
  clearTimeout(timer);
  const number = ++asked;
  const query = new URLSearchParams({ limit, search: by("search").value.trim() });
  if (shown.size > 0 && shown.size < order.length) query.set("state", [...shown].join(","));
  try {
    const answer = await fetch(`/api/beats?${query}`, { signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) throw new Error(answer.statusText);
    const found = await answer.json();
    if (number !== asked) return;
    if (shown.size === 0) Object.assign(found, { senders: [], matching: 0 });
    draw(found);
    say("live", "Live");
  } catch {
    if (number !== asked) return;
    say("lost", "Disconnected, retrying");
  }
  if (!document.hidden) timer = setTimeout(refresh, interval);
}

by("search").addEventListener("input", refresh);
document.addEventListener("visibilitychange", refresh);
refresh();
