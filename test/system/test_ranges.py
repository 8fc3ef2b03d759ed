"""Range, If-Range, 206, 416 and multipart/byteranges (RFC 9110 14, 13.1.5, 15.3.7)."""

import os
import random
import re
import subprocess
import time

import pytest

from wire import fetch, parse_head

SMALL = b"0123456789abcdef"
TEXT = bytes(ord("a") + (at * 7 + at // 26) % 26 for at in range(10_000))
LARGE = random.Random(1).randbytes(10 << 20)
SPARSE = 5 << 30


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    shared_site.write("small.txt", SMALL)
    shared_site.write("text.txt", TEXT)
    shared_site.write("large.bin", LARGE)
    shared_site.write("empty.txt")
    path = shared_site.write("sparse.bin")
    os.truncate(path, SPARSE)
    return shared_httpd("--cache-control", "*=max-age=7")


def check_single(answer, content, first, last):
    assert answer.status == 206, answer
    assert answer["Content-Range"] == f"bytes {first}-{last}/{len(content)}"
    assert answer.body == content[first:last + 1]


def parts_of(answer):
    """The parts of a multipart/byteranges answer as (first, last, total, type, content), read strictly."""
    assert answer.status == 206 and answer.get("Content-Range") is None, answer
    boundary = re.fullmatch(r'multipart/byteranges; ?boundary="?([0-9A-Za-z\'()+_,./:=?-]{1,70})"?',
                            answer["Content-Type"])
    assert boundary, answer
    delimiter = b"--" + boundary[1].encode()
    rest = b"\r\n" + answer.body.removeprefix(b"\r\n")
    assert re.search(b"\r\n" + re.escape(delimiter) + b"--(\r\n)?\\Z", rest), answer
    parts = []
    while not re.fullmatch(re.escape(delimiter) + b"--(\r\n)?", rest.removeprefix(b"\r\n")):
        head, rest = rest.removeprefix(b"\r\n" + delimiter + b"\r\n").split(b"\r\n\r\n", 1)
        fields = dict(parse_head(b"HTTP/1.1 100 part\r\n" + head).fields)
        first, last, total = map(int, re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", fields["content-range"]).groups())
        content, rest = rest[:last + 1 - first], rest[last + 1 - first:]
        assert rest.startswith(b"\r\n" + delimiter), "a part's length differs from its Content-Range"
        parts.append((first, last, total, fields["content-type"], content))
    return parts


def check_multipart(answer, content, *ranges):
    parts = parts_of(answer)
    assert sorted(part[:2] for part in parts) == sorted(ranges)
    for first, last, total, kind, piece in parts:
        assert total == len(content) and kind == "text/plain; charset=utf-8" and piece == content[first:last + 1]


@pytest.mark.parametrize("spec,first,last", [
    ("0-0", 0, 0), ("0-3", 0, 3), ("4-9", 4, 9), ("15-15", 15, 15), ("0-15", 0, 15), ("0-", 0, 15), ("10-", 10, 15),
    ("15-", 15, 15), ("12-99", 12, 15), ("0-16", 0, 15), ("-1", 15, 15), ("-3", 13, 15), ("-16", 0, 15), ("-99", 0, 15),
    ("000-003", 0, 3), ("0-18446744073709551615", 0, 15), ("0-18446744073709551616", 0, 15),
    ("3-99999999999999999999999999", 3, 15), ("-18446744073709551617", 0, 15), ("-99999999999999999999999999", 0, 15),
    ("0-1,", 0, 1), (",0-1", 0, 1), ("0-1 ,", 0, 1)])
def test_single(server, spec, first, last):
    check_single(fetch(server.address, "/small.txt", f"Range: bytes={spec}", closes=False), SMALL, first, last)


@pytest.mark.parametrize("spec", [
    "16-", "16-20", "99-", "99-100", "-0", "-000", "18446744073709551615-", "18446744073709551616-",
    "99999999999999999999999999-", "16-,-0"])
def test_unsatisfiable(server, spec):
    answer = fetch(server.address, "/small.txt", f"Range: bytes={spec}", closes=False)
    assert answer.status == 416 and answer["Content-Range"] == "bytes */16", answer


@pytest.mark.parametrize("spec", ["", "-", ",", "a-b", "3-1", "--1", "1--2", "1-2-3", "0-1;2-3", "0x0-0x1", "+0-1",
                                  "0-+1", "0.0-1", "0-1,x", "0-1,3-2", "x,0-1", "0 -1", "0- 1", "0-1 2-3", "\"0-1\"",
                                  "0-1,-"])
def test_malformed(server, spec):
    answer = fetch(server.address, "/small.txt", f"Range: bytes={spec}", closes=False)
    assert answer.status == 416 and answer["Content-Range"] == "bytes */16", answer


@pytest.mark.parametrize("value,expected", [("Bytes=0-1", 206), ("BYTES=0-1", 206), ("foo=0-1", 200), ("byte=0-1", 200),
                                            ("bytesx=0-1", 200), ("items=0-1,3-4", 200), ("none=", 200)])
def test_unit(server, value, expected):
    answer = fetch(server.address, "/small.txt", f"Range: {value}")
    assert answer.status == expected and answer.body == (SMALL[:2] if expected == 206 else SMALL)


def test_fields_of_206(server):
    whole, part = (fetch(server.address, "/small.txt", *fields) for fields in ([], ["Range: bytes=2-3"]))
    for name in ("ETag", "Cache-Control", "Content-Type", "Last-Modified"):
        assert part[name] == whole[name]
    assert part["Date"] and part["Cache-Control"] == "max-age=7"
    assert whole["Accept-Ranges"] == "bytes" and whole.get("Content-Range") is None


def test_head_ignores_it(server):
    for spec in ("0-1", "99-", "x"):
        answer = fetch(server.address, "/small.txt", f"Range: bytes={spec}", method="HEAD", closes=False)
        assert (answer.status, answer.length, answer.get("Content-Range")) == (200, 16, None)


def test_other_answers_ignore_it(server):
    assert fetch(server.address, "/missing", "Range: bytes=0-1").status == 404
    assert fetch(server.address, "/small.txt", "Range: bytes=0-1", method="PUT").status == 405
    assert fetch(server.address, "/small.txt", "Range: bytes=0-1", method="OPTIONS").status == 204


@pytest.mark.parametrize("spec", ["0-", "0-0", "-1", "1-2", "-0"])
def test_empty_file(server, spec):
    answer = fetch(server.address, "/empty.txt", f"Range: bytes={spec}")
    if spec != "-1" or answer.status != 200:  # the last byte of nothing is the whole, or unsatisfiable
        assert answer.status == 416 and answer["Content-Range"] == "bytes */0", answer


@pytest.mark.parametrize("spec,ranges", [
    ("0-9,500-509", [(0, 9), (500, 509)]), ("500-509,0-9", [(0, 9), (500, 509)]), ("0-0,-1", [(0, 0), (9999, 9999)]),
    ("0-9, 500-509 ,\t1000-1009", [(0, 9), (500, 509), (1000, 1009)]), ("0-9,,500-509,", [(0, 9), (500, 509)]),
    ("0-9,9000-99999", [(0, 9), (9000, 9999)]), ("0-9,99999-,500-509", [(0, 9), (500, 509)]),
    ("0-9,5-20,500-509", [(0, 20), (500, 509)]), ("0-9,10-19,500-509", [(0, 19), (500, 509)]),
    ("0-9,50-59,500-509,520-529", [(0, 59), (500, 529)])])
def test_multipart(server, spec, ranges):
    check_multipart(fetch(server.address, "/text.txt", f"Range: bytes={spec}", closes=False), TEXT, *ranges)


@pytest.mark.parametrize("spec,first,last", [
    ("0-9,10-19", 0, 19), ("0-9,5-20", 0, 20), ("0-9,0-9", 0, 9), ("0-100,5-6", 0, 100), ("0-9,50-59", 0, 59),
    ("50-59,0-9", 0, 59), ("0-9,89-99", 0, 99), ("0-9,10000-", 0, 9), ("-5,-10", 9990, 9999), ("0-1,99999-", 0, 1)])
def test_ranges_that_melt_into_one_are_no_multipart(server, spec, first, last):
    check_single(fetch(server.address, "/text.txt", f"Range: bytes={spec}", closes=False), TEXT, first, last)


def test_only_gaps_below_80_bytes_are_filled(server):
    check_single(fetch(server.address, "/text.txt", "Range: bytes=0-9,89-99"), TEXT, 0, 99)
    check_multipart(fetch(server.address, "/text.txt", "Range: bytes=0-9,90-99"), TEXT, (0, 9), (90, 99))


def spread(count, width=2, step=400):
    return "bytes=" + ",".join(f"{at * step}-{at * step + width - 1}" for at in range(count))


def test_16_ranges_pass_and_17_bring_the_whole(server):
    check_multipart(fetch(server.address, "/text.txt", f"Range: {spread(16)}"), TEXT,
                    *((at * 400, at * 400 + 1) for at in range(16)))
    answer = fetch(server.address, "/text.txt", f"Range: {spread(17)}")
    assert answer.status == 200 and answer.body == TEXT and answer.get("Content-Range") is None


def test_ranges_are_counted_before_they_melt(server):
    assert fetch(server.address, "/text.txt", "Range: bytes=" + ",".join(["0-1"] * 17)).status == 200


def test_max_ranges(shared_httpd, server):
    narrow = shared_httpd("--max-ranges", "2")
    check_multipart(fetch(narrow.address, "/text.txt", f"Range: {spread(2)}"), TEXT, (0, 1), (400, 401))
    assert fetch(narrow.address, "/text.txt", f"Range: {spread(3)}").body == TEXT
    wide = shared_httpd("--max-ranges", "100")
    assert len(parts_of(fetch(wide.address, "/large.bin", f"Range: {spread(100)}"))) == 100


def test_more_than_the_file_brings_the_whole(server):
    for spec in ("0-9999,0-9999", "0-,0-,0-", "0-6000,3000-9999"):
        answer = fetch(server.address, "/text.txt", f"Range: bytes={spec}")
        assert answer.status == 200 and answer.body == TEXT, spec


def test_thousand_overlapping_ranges_are_bounded_work(server):
    spec = ",".join(f"{at}-" for at in range(1000))
    before = server.cpu()
    for _ in range(20):
        answer = fetch(server.address, "/large.bin", f"Range: bytes={spec}")
        assert answer.status == 200 and len(answer.body) == len(LARGE)
    assert server.cpu() - before < 5


def test_length_of_multipart_is_exact(server):
    """Another request on the same connection would fall out of step if it were not; parts large and small."""
    ranges = [(0, 99), (1 << 20, (4 << 20) - 1), (5 << 20, (5 << 20) + 4), (len(LARGE) - 7, len(LARGE) - 1)]
    answer = fetch(server.address, "/large.bin", "Range: bytes=" + ",".join(f"{a}-{b}" for a, b in ranges),
                   closes=False)
    parts = parts_of(answer)
    assert [part[:3] for part in parts] == [(a, b, len(LARGE)) for a, b in ranges]
    assert all(part[4] == LARGE[part[0]:part[1] + 1] for part in parts)
    assert answer.length == len(answer.body)


def test_many_random_ranges_of_a_large_file(server):
    dice = random.Random(7)
    for _ in range(100):
        first = dice.randrange(len(LARGE))
        last = min(len(LARGE) - 1, first + dice.choice([0, 1, 100, 4095, 4096, 65536, 1 << 20]))
        check_single(fetch(server.address, "/large.bin", f"Range: bytes={first}-{last}"), LARGE, first, last)


def test_beyond_four_gigabytes(server):
    assert fetch(server.address, "/sparse.bin", method="HEAD").length == SPARSE
    for spec, first, last in (("4294967295-4294967297", 4294967295, 4294967297),
                              (f"{SPARSE - 3}-", SPARSE - 3, SPARSE - 1)):
        answer = fetch(server.address, "/sparse.bin", f"Range: bytes={spec}")
        assert answer["Content-Range"] == f"bytes {first}-{last}/{SPARSE}" and answer.body == bytes(last - first + 1)


def if_range(server, value, expected, target="/small.txt", spec="0-1"):
    answer = fetch(server.address, target, f"Range: bytes={spec}", f"If-Range: {value}")
    assert answer.status == expected, (value, answer)
    return answer


def test_if_range_with_a_tag(server):
    tag = fetch(server.address, "/small.txt")["ETag"]
    check_single(if_range(server, tag, 206), SMALL, 0, 1)
    for other in ('"x"', f"W/{tag}", "*", tag.strip('"'), f'"x", {tag}', ""):
        assert if_range(server, other, 200).body == SMALL
    assert if_range(server, '"x"', 200, spec="99-").body == SMALL
    assert if_range(server, tag, 416, spec="99-")["Content-Range"] == "bytes */16"


def test_if_range_with_a_date(server):
    modified = fetch(server.address, "/small.txt")["Last-Modified"]
    check_single(if_range(server, modified, 206), SMALL, 0, 1)
    for other in ("Sun, 06 Nov 1994 08:49:37 GMT", "Fri, 01 Jan 2100 00:00:00 GMT", "yesterday"):
        assert if_range(server, other, 200).body == SMALL


def test_if_range_with_the_date_of_a_file_that_may_still_change_within_it(site, httpd):
    """Last-Modified less than a second before Date is no strong validator (RFC 9110 8.8.2.2)."""
    server = httpd()
    for _ in range(50):
        path = site.write("new.txt", "new content", age=0)
        os.utime(path)
        answer = fetch(server.address, "/new.txt")
        answer = fetch(server.address, "/new.txt", "Range: bytes=0-1", f"If-Range: {answer['Last-Modified']}")
        if answer["Date"] == answer["Last-Modified"]:
            assert answer.status == 200
            return
    pytest.fail("no answer came within the second in which the file was written")


def test_if_range_without_range(server):
    assert fetch(server.address, "/small.txt", 'If-Range: "x"').body == SMALL


def test_curl_resumes(server, tmp_path):
    half = tmp_path / "large.bin"
    half.write_bytes(LARGE[:3_333_333])
    done = subprocess.run(["curl", "-sS", "--fail", "-C", "-", "-o", half, "-w", "%{http_code} %{size_download}",
                           f"{server.url}/large.bin"],
                          capture_output=True, text=True, timeout=30)
    assert done.stdout == f"206 {len(LARGE) - 3_333_333}", done
    assert half.read_bytes() == LARGE


def test_file_of_changing_size_is_never_answered_with_a_wrong_total(site, httpd):
    path = site.write("grows.txt", b"x" * 100)
    server = httpd()
    assert fetch(server.address, "/grows.txt", "Range: bytes=90-").body == b"x" * 10
    with open(path, "ab") as file:
        file.write(b"y" * 100)
    deadline = time.monotonic() + 2
    while True:
        answer = fetch(server.address, "/grows.txt", "Range: bytes=90-")
        assert (answer["Content-Range"], answer.body) in [
            ("bytes 90-99/100", b"x" * 10), ("bytes 90-199/200", b"x" * 10 + b"y" * 100)]
        if answer["Content-Range"].endswith("/200"):
            break
        assert time.monotonic() < deadline
