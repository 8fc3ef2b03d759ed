// From two snapshots of the counters to what happened between them. Nothing here knows of a page or a network.

export const latencies = ["mean", "p50", "p90", "p99", "p999", "max"];

/** Snapshots nearer to each other than this say too little, in seconds. */
export const shortest = 0.5;

/** The counters of a service as one flat object of totals. */
export function totals(service) {
  const of = service.responses, datagrams = service.datagrams;
  return {
    requests: service.requests,
    "1xx": of["1xx"], "2xx": of["2xx"], "3xx": of["3xx"], "4xx": of["4xx"], "5xx": of["5xx"],
    sent: service.bytes_sent,
    received: service.bytes_received,
    accepted: service.connections.accepted,
    refused: service.connections.refused,
    deadlines: service.deadlines_expired,
    accept_errors: service.accept_errors,
    dropped: service.log_lines_dropped,
    datagrams_in: datagrams.received,
    datagrams_out: datagrams.sent,
    datagrams_refused: datagrams.refused_by_source + datagrams.refused_by_rate,
    datagram_errors: datagrams.errors + datagrams.truncated,
  };
}

function sum(objects) {
  const all = {};
  for (const one of objects) for (const key in one) all[key] = (all[key] ?? 0) + one[key];
  return all;
}

/** Percentiles do not add up: of several services the highest, which no percentile of the whole exceeds. */
function worst(list) {
  const all = {};
  for (const one of list)
    if (one) for (const key of latencies) all[key] = Math.max(all[key] ?? 0, one[key]);
  return list.some(Boolean) ? all : null;
}

function measure(before, service, seconds) {
  const now = totals(service), was = before ? totals(before) : null;
  const rate = {};
  for (const key in now) rate[key] = was ? Math.max(0, now[key] - was[key]) / seconds : now[key] / seconds;
  return {
    rate, total: now,
    open: service.connections.open, limit: service.connections.limit,
    latency: service.latency_us.count > 0 ? service.latency_us : null,
  };
}

/** True when the server that `now` comes from is not the one that `before` came from. */
export const restarted = (before, now) => now.uptime_seconds < before.uptime_seconds;

/** {at, all, of: {NAME: ...}}: each {rate, total, open, limit, latency}, rates per second. */
export function between(before, now) {
  const seconds = now.uptime_seconds - before.uptime_seconds;
  const of = {};
  for (const service of now.services)
    of[service.name] = measure(before.services.find((s) => s.name === service.name), service, seconds);
  const each = Object.values(of);
  const all = {
    rate: sum(each.map((m) => m.rate)), total: sum(each.map((m) => m.total)),
    open: each.reduce((n, m) => n + m.open, 0),
    // One limit holds for the whole process, and each service names it.
    limit: each.reduce((most, m) => Math.max(most, m.limit), 0),
    latency: worst(each.map((m) => m.latency)),
  };
  return { at: now.uptime_seconds, all, of };
}
