"""wrk's findings: read, and refused when anything went wrong."""

import pytest

from bench.errors import BenchError
from bench.wrk import parse

LINE = (
    'load.lua: {{"requests": {requests}, "bytes": 512000, "microseconds": 2000000, "errors": '
    '{{"connect": 0, "read": {read}, "write": 0, "status": {status}, "timeout": 0}}}}\n'
)


def printed(requests=1000, read=0, status=0):
    return "Running 2s test\n\n" + LINE.format(requests=requests, read=read, status=status)


def test_the_line_is_found_among_what_wrk_prints():
    outcome = parse(printed())
    assert (outcome.requests, outcome.bytes, outcome.seconds) == (1000, 512000, 2.0)


@pytest.mark.parametrize("error", ["read", "status"])
def test_any_error_fails_the_run(error):
    with pytest.raises(BenchError, match=f"{error} 3"):
        parse(printed(**{error: 3}))


def test_no_answer_at_all_fails_the_run():
    with pytest.raises(BenchError, match="no answer"):
        parse(printed(requests=0))


def test_a_wrk_that_did_not_finish_fails_the_run():
    with pytest.raises(BenchError, match="unable to connect"):
        parse("", "unable to connect to 127.0.0.1:1 Connection refused")
