// The dashboard: the counters at /api/stats once, then those of every second from /api/events.

import { count, duration, latency, rate, size, throughput, words } from "./format.js";
import { Plot } from "./plot.js";
import { between, restarted, shortest } from "./rates.js";

const shown = 300; // seconds in a plot
const patience = 5000; // milliseconds without an event before a connection counts as lost, or three intervals
const retry = 2000; // milliseconds between attempts
const by = (id) => document.getElementById(id);

let previous = null; // the last snapshot that rates were taken from
let snapshot = null; // the last one
let history = []; // samples of the window
let cursor = null; // seconds from the right edge
let paused = null; // what is frozen on the page: {snapshot, history}
let chosen = decodeURIComponent(location.hash.slice(1)); // a service's name; empty: all

const of = (sample) => (chosen ? sample.of[chosen] ?? null : sample.all);
const get = (f) => (sample) => { const m = of(sample); return m ? f(m) : null; };
const per = (key) => get((m) => m.rate[key]);
const percentile = (key) => get((m) => m.latency?.[key] ?? null);

const plots = [
  { title: "Requests", format: rate, floor: 4, series: [{ name: "answered", value: per("requests") }] },
  { title: "Latency", format: latency, floor: 40, series: [
    { name: "p50", value: percentile("p50") }, { name: "p90", value: percentile("p90") },
    { name: "p99", value: percentile("p99") }] },
  { title: "Traffic", format: throughput, floor: 4000, series: [
    { name: "out", value: per("sent") }, { name: "in", value: per("received") }] },
  { title: "Datagrams", format: rate, floor: 4, shown: (m) => m.total.datagrams_in > 0, series: [
    { name: "in", value: per("datagrams_in") }, { name: "out", value: per("datagrams_out") },
    { name: "refused", value: per("datagrams_refused") }] },
  { title: "Connections", format: count, floor: 4, series: [{ name: "open", value: get((m) => m.open) }] },
  { title: "Errors", format: rate, floor: 4, series: [
    { name: "4xx", value: per("4xx"), color: 1 }, { name: "5xx", value: per("5xx"), color: 2 },
    { name: "deadlines", value: per("deadlines"), color: 3 }, { name: "refused", value: per("refused"), color: 0 }] },
].map((what) => {
  const plot = new Plot(what, shown, words, (moment) => {
    cursor = moment;
    drawPlots();
  });
  by("plots").append(plot.element);
  return plot;
});

// What stands large: label, value, and below it what puts it in proportion.
const tiles = [
  ["Requests", (m) => rate(m.rate.requests), (m) => `${words(count(m.total.requests))} since start`],
  ["Latency p50", (m) => latency(m.latency?.p50), (m) => `mean ${words(latency(m.latency?.mean))}`],
  ["Latency p99", (m) => latency(m.latency?.p99), (m) => `p99.9 ${words(latency(m.latency?.p999))}`],
  ["Traffic out", (m) => throughput(m.rate.sent), (m) => `in ${words(throughput(m.rate.received))}`],
  ["Connections", (m) => count(m.open), (m) => `of at most ${words(count(m.limit))}`],
  ["Errors", (m) => rate(m.rate["4xx"] + m.rate["5xx"]),
    (m) => `${words(rate(m.rate["4xx"]))} 4xx, ${words(rate(m.rate["5xx"]))} 5xx`],
].map(([label, value, note]) => {
  const number = make("b", "–"), unit = make("span"), below = make("small", "–");
  by("tiles").append(make("div", make("h2", label), make("p", number, unit), below));
  return { value, note, number, unit, below };
});

// The table: groups of rows, each with a name and a value of a service or of all; some are there only where all of
// them together have something to say.
const table = [
  ["Now", [
    ["Requests", (m) => rate(m.rate.requests)],
    ["Traffic out", (m) => throughput(m.rate.sent)],
    ["Traffic in", (m) => throughput(m.rate.received)],
    ["Connections open", (m) => count(m.open)],
    ["Connections at most", (m) => count(m.limit)],
  ]],
  ["Latency", [["mean", "mean"], ["p50", "p50"], ["p90", "p90"], ["p99", "p99"], ["p99.9", "p999"], ["max", "max"]]
    .map(([name, key]) => [name, (m) => latency(m.latency?.[key])])],
  ["Errors", [
    ["4xx", (m) => rate(m.rate["4xx"])],
    ["5xx", (m) => rate(m.rate["5xx"])],
    ["Deadlines passed", (m) => rate(m.rate.deadlines)],
    ["Connections refused", (m) => rate(m.rate.refused)],
  ]],
  ["Datagrams", [
    ["In", (m) => rate(m.rate.datagrams_in)],
    ["Out", (m) => rate(m.rate.datagrams_out)],
    ["Refused", (m) => rate(m.rate.datagrams_refused)],
    ["In since start", (m) => count(m.total.datagrams_in)],
    ["Out since start", (m) => count(m.total.datagrams_out)],
    ["Refused since start", (m) => count(m.total.datagrams_refused)],
    ["Not sent, or cut", (m) => count(m.total.datagram_errors)],
  ], (services) => services.some((s) => s.datagrams.received > 0)],
  ["Since start", [
    ["Requests", "requests", count], ["1xx", "1xx", count], ["2xx", "2xx", count], ["3xx", "3xx", count],
    ["4xx", "4xx", count], ["5xx", "5xx", count], ["Sent", "sent", size], ["Received", "received", size],
    ["Connections accepted", "accepted", count], ["Connections refused", "refused", count],
    ["Deadlines passed", "deadlines", count], ["Failures to accept", "accept_errors", count],
    ["Log lines dropped", "dropped", count],
  ].map(([name, key, format]) => [name, (m) => format(m.total[key])])],
];

function make(name, ...children) {
  const element = document.createElement(name);
  element.append(...children);
  return element;
}

function scoped(scope, ...children) {
  const cell = make("th", ...children);
  cell.scope = scope;
  return cell;
}

/** Puts text where it is not there already: what does not change is not touched. */
function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// The table's and the choice's shape follow the services; their numbers follow every second.
let shape = "";
let cells = [];

function follow(services) {
  const names = services.map((s) => s.name);
  const groups = table.filter(([, , shown]) => !shown || shown(services));
  const now = JSON.stringify([names, groups.map(([group]) => group)]);
  if (shape === now) return;
  shape = now;
  if (!names.includes(chosen)) chosen = "";
  const columns = names.length === 1 ? names : ["", ...names]; // of one there is nothing to choose
  by("services").hidden = names.length === 1;
  by("services").replaceChildren(by("services").querySelector("legend"), ...columns.map((name) => {
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name: "service", value: name, checked: name === chosen });
    input.addEventListener("change", () => choose(name));
    return make("label", input, make("span", name || "All services"));
  }));
  const grid = document.querySelector("table");
  cells = [];
  const head = make("tr", make("td"), ...columns.map((name) => scoped("col", name || "All")));
  const bodies = groups.map(([group, rows]) => make("tbody", groupRow(group, columns.length + 1),
    ...rows.map(([name, value]) => make("tr", scoped("row", name), ...columns.map((column) => {
      const cell = make("td", "–");
      cells.push({ cell, column, value });
      return cell;
    })))));
  grid.replaceChildren(make("thead", head), ...bodies);
}

function groupRow(name, width) {
  const cell = scoped("rowgroup", name);
  cell.colSpan = width;
  const row = make("tr", cell);
  row.className = "group";
  return row;
}

function choose(name) {
  chosen = name;
  window.history.replaceState(null, "", name ? "#" + encodeURIComponent(name) : location.pathname);
  draw();
}

const view = () => paused ?? { snapshot, history };

function drawPlots() {
  const { history: samples } = view();
  const end = samples.at(-1)?.at ?? 0;
  const last = samples.at(-1), metrics = last ? of(last) : null;
  for (const plot of plots) {
    plot.element.hidden = plot.what.shown !== undefined && !(metrics && plot.what.shown(metrics));
    if (!plot.element.hidden) plot.draw(samples, end, cursor);
  }
}

function draw() {
  const { snapshot: now, history: samples } = view();
  if (!now || document.hidden) return;
  follow(now.services);
  put(by("version"), now.version);
  put(by("uptime"), duration(now.uptime_seconds));
  put(by("threads"), String(now.threads));
  const one = now.services.find((s) => s.name === chosen);
  const all = now.services.flatMap((s) => s.addresses);
  put(by("address"), (one ? one.addresses : all.length <= 4 ? all : []).join(", ")); // of many, those of the one chosen
  const last = samples.at(-1);
  const metrics = last ? of(last) : null;
  for (const tile of tiles) {
    const [number, unit] = metrics ? tile.value(metrics) : ["–", ""];
    put(tile.number, number);
    put(tile.unit, unit);
    put(tile.below, metrics ? tile.note(metrics) : "–");
  }
  for (const { cell, column, value } of cells) {
    const m = !last ? null : column ? last.of[column] : last.all;
    put(cell, m ? words(value(m)) : "–");
  }
  drawPlots();
}

function say(state, text) {
  by("state").dataset.state = state;
  put(by("state-text"), text);
}

function take(now) {
  if (previous && restarted(previous, now)) {
    previous = null;
    history = [];
  }
  snapshot = now;
  if (!previous) previous = now;
  else if (now.uptime_seconds - previous.uptime_seconds >= shortest) {
    // A new array: a paused page keeps the old one.
    history = [...history, between(previous, now)].filter((s) => s.at >= now.uptime_seconds - shown);
    previous = now;
  }
  draw();
}

let source = null;
let watchdog = 0;

function lost() {
  clearTimeout(watchdog);
  source.close();
  say("lost", "Disconnected, retrying");
  watchdog = setTimeout(connect, retry);
}

function watch() {
  clearTimeout(watchdog);
  const interval = snapshot ? snapshot.event_interval_seconds * 1000 : 0;
  watchdog = setTimeout(lost, Math.max(patience, 3 * interval));
}

function connect() {
  source = new EventSource("/api/events");
  source.addEventListener("error", lost);
  source.addEventListener("stats", (event) => {
    const now = JSON.parse(event.data);
    if (now.draining) say("draining", "Draining");
    else say("live", "Live");
    take(now);
    watch();
  });
  watch();
}

by("pause").addEventListener("click", () => {
  paused = paused ? null : { snapshot, history };
  by("pause").setAttribute("aria-pressed", String(paused !== null));
  draw();
});
document.addEventListener("visibilitychange", draw);

drawPlots();
try {
  const answer = await fetch("/api/stats");
  if (answer.ok) take(await answer.json());
} catch {
  // connect() says what is wrong, and goes on trying.
}
connect();
