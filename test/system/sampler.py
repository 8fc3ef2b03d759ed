"""Measures what another client of the server feels: an open-loop sampler, so that one late answer counts for all the
requests that were due meanwhile and a stall cannot hide as a single slow sample."""

import gc
import time

import wire


def latencies(address, target="/small.txt", seconds=1.5, rate=200, connections=16):
    """Sorted seconds from when each request was due until its answer was complete; the first requests of all the
    connections count as one. The connections take turns, so that every shard has some."""
    message = wire.request(target)
    peers = [wire.Connection(address) for _ in range(connections)]
    gc.collect()
    gc.disable()
    try:
        results, start = [], time.monotonic()
        for peer in peers:
            assert peer.send(message).answer().status == 200
        results, start = [time.monotonic() - start], time.monotonic()
        for turn in range(int(seconds * rate)):
            due = start + turn / rate
            time.sleep(max(0, due - time.monotonic()))
            peer = peers[turn % connections]
            assert peer.send(message).answer().status == 200
            results.append(time.monotonic() - due)
        return sorted(results)
    finally:
        gc.enable()
        for peer in peers:
            peer.close()


def p99(sorted_values):
    return sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * 0.99))]


def quietest_p99(address, rounds=3, **options):
    """The best of some rounds: what the machine's other work does to one round is not the server's doing, while what
    the server does to its clients shows in every round."""
    return min(p99(latencies(address, **options)) for _ in range(rounds))
