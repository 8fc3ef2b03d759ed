"""From start to `listening on` within 50 ms: a server that tools and tests may start on a whim."""

import statistics

import pytest

from daemon import is_sanitized

MOST = 0.050


@pytest.mark.skipif(is_sanitized(), reason="a sanitizer's own start takes longer")
@pytest.mark.parametrize("arguments", [(), ("--threads", "2", "--accept", "deal")], ids=["default", "deal"])
def test_start(site, httpd, arguments):
    for number in range(200):
        site.write(f"{number}.txt", "content")
    times = []
    for _ in range(9):
        server = httpd(*arguments)
        times.append(server.ready_after)
        server.stop()
    print(f"ready after {statistics.median(times) * 1000:.1f} ms, at best {min(times) * 1000:.1f} ms")
    assert statistics.median(times) < MOST, times
