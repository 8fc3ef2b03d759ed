// The rows of "What runs here" come to life: what /services.json tells, as long as somebody looks at the page.
const interval = 2000; // milliseconds between two answers
const patience = 4000; // for one
const longest = 30000; // between two questions to a server that does not answer

const section = document.getElementById("services");
const rows = new Map([...section.querySelectorAll("[data-service]")].map((row) => [row.dataset.service, row]));

function count(value) {
  return new Intl.NumberFormat("en").format(value);
}

function size(value) {
  let step = 0;
  for (; value >= 999.5 && step < 4; ++step) value /= 1000;
  const digits = step === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${["B", "kB", "MB", "GB", "TB"][step]}`;
}

const figures = { connections_open: count, requests: count, datagrams: count, bytes_sent: size };

function make(name, ...children) {
  const element = document.createElement(name);
  element.append(...children);
  return element;
}

/** Puts text where it is not there already: what does not change is not touched. */
function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function isLoopback(host) {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(host);
}

/** Where a service is for whoever looks at this page, and whether they get there from where they are. */
function place(url) {
  const at = new URL(url);
  if (at.hostname === "[::]" || at.hostname === "0.0.0.0") at.hostname = location.hostname;
  const near = isLoopback(at.hostname) && !isLoopback(location.hostname);
  return { origin: `${at.protocol}//${at.host}`, host: at.hostname.replace(/^\[|\]$/g, ""), port: at.port, near, link: !near && at.protocol.startsWith("http") };
}

function addressOf({ origin, near, link }) {
  if (near) return make("span", origin, " ", make("small", "this machine only"));
  if (!link) return make("span", origin);
  const element = make("a", origin);
  element.href = origin + "/";
  return element;
}

/** Of one that these pages know nothing about. */
function newRow(service) {
  const row = document.getElementById("service-row").content.firstElementChild.cloneNode(true);
  row.dataset.service = service.name;
  put(row.querySelector("h3"), service.name);
  section.querySelector(".services").append(row);
  rows.set(service.name, row);
  return row;
}

/** The row's addresses, and the links and commands that name them. */
function showAddresses(row, service) {
  const key = JSON.stringify([service.urls, service.unix_sockets]);
  if (row.dataset.addresses === key) return; // who has a link in focus keeps it
  row.dataset.addresses = key;
  const places = service.urls.map(place);
  const shown = places.map(addressOf);
  const sockets = service.unix_sockets;
  if (sockets) shown.push(make("span", sockets === 1 ? "a unix socket" : `${sockets} unix sockets`));
  row.querySelector(".where").replaceChildren(...shown);
  const best = places.find((p) => p.link) ?? places[0];
  for (const part of row.querySelectorAll(".try")) part.hidden = !best;
  for (const link of row.querySelectorAll("a.at")) {
    link.parentElement.hidden = !best?.link;
    if (best) link.href = best.origin + "/";
  }
  for (const origin of row.querySelectorAll(".origin")) if (best) put(origin, best.origin);
  for (const peer of row.querySelectorAll(".peer")) if (best) put(peer, peer.dataset.between === " " ?
    `${best.host} ${best.port}` : `${best.host.includes(":") ? `[${best.host}]` : best.host}:${best.port}`);
}

function say(row, state, words) {
  const element = row.querySelector(".state");
  element.dataset.state = state;
  element.hidden = false;
  put(element, words);
}

function show(service, draining) {
  const row = rows.get(service.name) ?? newRow(service);
  say(row, draining ? "draining" : "up", draining ? "stopping" : "up");
  put(row.querySelector(".what"), service.what);
  showAddresses(row, service);
  row.querySelector(".figures").hidden = false;
  for (const element of row.querySelectorAll("[data-figure]")) {
    const name = element.dataset.figure;
    put(element, figures[name](service[name]));
  }
}

function showAbsent(row) {
  say(row, "off", "not started");
  delete row.dataset.addresses;
  row.querySelector(".where").replaceChildren();
  for (const part of row.querySelectorAll(".figures, .links, .try")) part.hidden = true;
}

function draw(now) {
  const names = new Set(now.services.map((s) => s.name));
  for (const [name, row] of rows) if (!names.has(name)) showAbsent(row);
  for (const service of now.services) show(service, now.draining);
  const admin = now.services.find((s) => s.name === "admin")?.urls.map(place).find((p) => p.link);
  for (const link of section.querySelectorAll("a.of-admin")) { // what the admin shows of another service
    link.parentElement.hidden = !admin || !names.has(link.closest("[data-service]").dataset.service);
    if (admin) link.href = admin.origin + link.dataset.path;
  }
  const since = new Date(now.up_since_unix_seconds * 1000);
  const time = section.querySelector("time");
  time.dateTime = since.toISOString();
  put(time, new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" }).format(since));
  section.querySelector(".since").hidden = false;
}

let timer = 0;
let failures = 0;
let asking = false;

/** False: these pages are served by another server, of which there is nothing to tell. */
async function ask() {
  try {
    const answer = await fetch("services.json", { cache: "no-store", signal: AbortSignal.timeout(patience) });
    if (answer.status === 404) return false;
    if (!answer.ok) throw new Error(answer.statusText);
    draw(await answer.json());
    failures = 0;
  } catch {
    failures += 1; // the browser notes each in its console, so they become rare
    for (const row of rows.values()) say(row, "lost", "does not answer");
  }
  return true;
}

async function follow() {
  clearTimeout(timer);
  if (asking || document.hidden) return;
  asking = true;
  const more = await ask();
  asking = !more;
  if (more && !document.hidden) timer = setTimeout(follow, Math.min(interval * 2 ** failures, longest));
}

document.addEventListener("visibilitychange", follow);
follow();
