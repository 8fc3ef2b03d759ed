"""pier-get's findings: read, and refused when anything went wrong."""

import json

import pytest

from bench.errors import BenchError
from bench.get.clients import Spent, parse


def said(statuses=None, failures=None):
    return json.dumps({
        "failures": failures or {},
        "statuses": statuses or {"200": 1000},
        "requests": {"answered": 1000},
        "bytes": {"head": 2000, "body": 3000},
        "seconds": 2.0,
    })


def test_what_counts_is_read():
    outcome = parse(said(), Spent(2.1, 1.5))
    assert (outcome.requests, outcome.bytes, outcome.seconds, outcome.cpu_seconds) == (1000, 5000, 2.0, 1.5)


@pytest.mark.parametrize("wrong", [{"statuses": {"200": 999, "503": 1}}, {"failures": {"truncated": 1}}])
def test_any_error_fails_the_run(wrong):
    with pytest.raises(BenchError, match="met errors"):
        parse(said(**wrong), Spent(2.1, 1.5))
