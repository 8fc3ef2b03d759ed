"""What the rivals' senders say is read right."""

import json

import pytest

from bench.errors import BenchError
from bench.ping.sender import Trips, read_irtt, read_sockperf

SOCKPERF = """\
sockperf: [Valid Duration] RunTime=1.000 sec; SentMessages=1000; ReceivedMessages=1000
sockperf: \x1b[2;35m====> avg-rtt=54.469 (std-dev=9.755)\x1b[0m
sockperf: Summary: Round trip is 54.469 usec
sockperf: ---> <MAX> observation =  187.977
sockperf: ---> percentile 99.900 =  153.977
sockperf: ---> percentile 99.000 =   91.926
sockperf: ---> percentile 50.000 =   41.338
sockperf: ---> <MIN> observation =   20.965
"""


def test_sockperf():
    assert read_sockperf(SOCKPERF) == Trips(41.338, 91.926)
    for wrong in ("", SOCKPERF.replace("Round trip is", "Latency is"), SOCKPERF.replace("percentile 99.000", "percentile 98.000")):
        with pytest.raises(BenchError):
            read_sockperf(wrong)


def test_irtt():
    trips = [{"delay": {"rtt": 1000 * number}} for number in range(100, 0, -1)] + [{"delay": {}}]
    assert read_irtt(json.dumps({"round_trips": trips}), 101) == Trips(50, 99)
    with pytest.raises(BenchError):
        read_irtt(json.dumps({"round_trips": trips[:40]}), 101)
