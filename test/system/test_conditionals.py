"""The five conditional fields, their comparisons and their order (RFC 9110 8.8, 13)."""

import os
import time

import pytest

from wire import fetch, when

MODIFIED = 784_111_777  # Sun, 06 Nov 1994 08:49:37 GMT, the RFC's own example
SAME = {"IMF": "Sun, 06 Nov 1994 08:49:37 GMT", "RFC 850": "Sunday, 06-Nov-94 08:49:37 GMT",
        "asctime": "Sun Nov  6 08:49:37 1994"}
EARLIER = {"IMF": "Sun, 06 Nov 1994 08:49:36 GMT", "RFC 850": "Sunday, 06-Nov-94 08:49:36 GMT",
           "asctime": "Sun Nov  6 08:49:36 1994"}
LATER = {"IMF": "Mon, 07 Nov 1994 00:00:00 GMT", "RFC 850": "Monday, 07-Nov-94 00:00:00 GMT",
         "asctime": "Mon Nov  7 00:00:00 1994"}
# Not dates: to be ignored as if absent (RFC 9110 13.1.3, 13.1.4).
NO_DATES = ["", "yesterday", "0", "784111777", "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994",
            "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT GMT", "\"x\""]


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    path = shared_site.write("file.txt", "0123456789abcdef")
    os.utime(path, (MODIFIED, MODIFIED))
    shared_site.write("other.txt", "other")
    shared_site.write("page.html", "<title>page</title>")
    return shared_httpd("--cache-control", "*.txt=max-age=60")


@pytest.fixture(scope="module")
def tag(server):
    value = fetch(server.address, "/file.txt")["ETag"]
    assert value.startswith('"') and value.endswith('"')  # strong
    return value


def check(server, tag, fields, expected, target="/file.txt"):
    fields = [field.replace("{tag}", tag) for field in fields]
    got, headed = (fetch(server.address, target, *fields, method=method, closes=False) for method in ("GET", "HEAD"))
    assert got.status == expected, (fields, got)
    assert headed.status == (200 if expected in (206, 416) else expected), (fields, headed)  # HEAD ignores Range
    return got


def test_validators_of_the_plain_answer(server, tag):
    answer = fetch(server.address, "/file.txt")
    assert answer["Last-Modified"] == SAME["IMF"]
    assert fetch(server.address, "/file.txt")["ETag"] == tag
    assert fetch(server.address, "/other.txt")["ETag"] != tag


@pytest.mark.parametrize("value,expected", [
    ("{tag}", 304), ("*", 304), (" * ", 304), ("W/{tag}", 304), ('"x", {tag}', 304), ('{tag}, "x"', 304),
    ('"x",{tag},"y"', 304), ('"x", W/{tag}', 304), ('W/"x", {tag}', 304), (', ,{tag},,', 304), ('"a,b", {tag}', 304),
    ('"a\\", {tag}', 304), ('"", {tag}', 304), ('"x"', 200), ('W/"x"', 200), ('"x", "y"', 200), ('""', 200), ("x", 200),
    ('"{tag}', 200), ("", 200), ("w/{tag}", 200), ('"*"', 200)])
def test_if_none_match(server, tag, value, expected):
    check(server, tag, [f"If-None-Match: {value}"], expected)


@pytest.mark.parametrize("value,expected", [
    ("{tag}", 200), ("*", 200), ('"x", {tag}', 200), ('{tag},"x"', 200), ('W/"x",{tag}', 200), ('"a,b", {tag}', 200),
    ('"x"', 412), ("W/{tag}", 412), ('"x", "y"', 412), ('"x", W/{tag}', 412), ('""', 412), ('"*"', 412)])
def test_if_match(server, tag, value, expected):
    check(server, tag, [f"If-Match: {value}"], expected)


@pytest.mark.parametrize("form", SAME)
def test_if_modified_since(server, tag, form):
    check(server, tag, [f"If-Modified-Since: {SAME[form]}"], 304)
    check(server, tag, [f"If-Modified-Since: {LATER[form]}"], 304)
    check(server, tag, [f"If-Modified-Since: {EARLIER[form]}"], 200)


@pytest.mark.parametrize("form", SAME)
def test_if_unmodified_since(server, tag, form):
    check(server, tag, [f"If-Unmodified-Since: {SAME[form]}"], 200)
    check(server, tag, [f"If-Unmodified-Since: {LATER[form]}"], 200)
    check(server, tag, [f"If-Unmodified-Since: {EARLIER[form]}"], 412)


@pytest.mark.parametrize("value", NO_DATES)
def test_what_is_no_date_is_ignored(server, tag, value):
    check(server, tag, [f"If-Modified-Since: {value}"], 200)
    check(server, tag, [f"If-Unmodified-Since: {value}"], 200)


def test_two_digit_year_never_lies_more_than_50_years_ahead(server, tag):
    year = time.gmtime().tm_year
    century = year - year % 100
    for two in range(0, 100, 9):
        full = century + two if century + two <= year + 50 else century + two - 100
        if full < 1970:
            continue
        stamp = time.strptime(f"06 Nov {full}", "%d %b %Y")
        date = time.strftime(f"%A, 06-Nov-{two:02} 08:49:37 GMT", stamp)
        check(server, tag, [f"If-Modified-Since: {date}"], 304 if full >= 1994 else 200)


INM, INM_OTHER = "If-None-Match: {tag}", 'If-None-Match: "x"'
IM, IM_OTHER = "If-Match: {tag}", 'If-Match: "x"'
IMS, IMS_OLD = f"If-Modified-Since: {SAME['IMF']}", f"If-Modified-Since: {EARLIER['IMF']}"
IUS, IUS_OLD = f"If-Unmodified-Since: {SAME['IMF']}", f"If-Unmodified-Since: {EARLIER['IMF']}"
RANGE, BEYOND = "Range: bytes=0-1", "Range: bytes=99-"


@pytest.mark.parametrize("fields,expected", [
    ([INM_OTHER, IMS], 200), ([INM, IMS_OLD], 304),                    # If-None-Match silences If-Modified-Since
    ([IM, IUS_OLD], 200), ([IM_OTHER, IUS], 412),                      # If-Match silences If-Unmodified-Since
    ([IM, INM], 304), ([IM, INM_OTHER], 200), ([IM_OTHER, INM], 412), ([IM_OTHER, INM_OTHER], 412),
    ([IUS, INM], 304), ([IUS_OLD, INM], 412), ([IUS_OLD, IMS], 412), ([IUS, IMS], 304), ([IUS, IMS_OLD], 200),
    ([IM, IMS], 304), ([IM, IMS_OLD], 200), ([IM, IUS, INM_OTHER, IMS], 200), ([IM, IUS_OLD, INM, IMS_OLD], 304),
    ([INM, RANGE], 304), ([IMS, RANGE], 304), ([IM_OTHER, RANGE], 412), ([IUS_OLD, RANGE], 412),  # Range comes last
    ([INM, BEYOND], 304), ([IM_OTHER, BEYOND], 412), ([INM_OTHER, BEYOND], 416), ([IM, BEYOND], 416),
    ([INM_OTHER, RANGE], 206), ([IM, RANGE], 206), ([IUS, RANGE], 206), ([IMS_OLD, RANGE], 206),
    ([INM_OTHER, RANGE, "If-Range: {tag}"], 206), (
        [INM_OTHER, RANGE, 'If-Range: "x"'], 200), ([INM, RANGE, 'If-Range: "x"'], 304)])
@pytest.mark.parametrize("turn", [1, -1], ids=["in order", "in reverse"])
def test_order(server, tag, fields, expected, turn):
    check(server, tag, fields[::turn], expected)


@pytest.mark.parametrize("fields", [["If-Match: *"], ['If-Match: "x"'], ["If-None-Match: *"], [IUS_OLD], [IMS]])
@pytest.mark.parametrize("target,expected", [("/missing", 404), ("/file.txt/", 404), ("/%00", 400)])
def test_conditions_do_not_hide_an_error(server, tag, fields, target, expected):
    assert fetch(server.address, target, *fields).status == expected


@pytest.mark.parametrize("fields", [["If-Match: \"x\""], ["If-None-Match: *"], [IUS_OLD], [IMS]])
def test_options_and_refused_methods_ignore_conditions(server, fields):
    assert fetch(server.address, "/file.txt", *fields, method="OPTIONS").status == 204
    assert fetch(server.address, "/file.txt", *fields, method="PUT").status == 405


def test_304_carries_what_a_cache_needs(server, tag):
    whole, unchanged = fetch(server.address, "/file.txt"), fetch(server.address, "/file.txt", f"If-None-Match: {tag}")
    for name in ("ETag", "Cache-Control"):
        assert unchanged[name] == whole[name]
    assert unchanged["Cache-Control"] == "max-age=60" and unchanged["Date"]
    assert unchanged.get("Content-Length") in (None, whole["Content-Length"])
    assert unchanged.get("Content-Range") is None and unchanged.get("Vary") == whole.get("Vary")


def test_412_is_a_page(server):
    answer = fetch(server.address, "/file.txt", 'If-Match: "x"', closes=False)
    assert b"412 Precondition Failed" in answer.body and answer["Content-Type"].startswith("text/html")


def test_index_is_conditional_too(site, httpd):
    site.write("index.html", "home")
    server = httpd()
    tag = fetch(server.address, "/")["ETag"]
    assert fetch(server.address, "/", f"If-None-Match: {tag}").status == 304
    assert fetch(server.address, "/index.html")["ETag"] == tag


def test_fraction_of_a_second_does_not_spoil_the_date(site, httpd):
    path = site.write("file.txt", "file")
    os.utime(path, ns=(MODIFIED * 10**9 + 999_999_999,) * 2)
    server = httpd()
    assert fetch(server.address, "/file.txt")["Last-Modified"] == SAME["IMF"]
    assert fetch(server.address, "/file.txt", IMS).status == 304
    assert fetch(server.address, "/file.txt", IUS).status == 200


@pytest.mark.parametrize("stamp", [0, 1, 946_684_800, 2**31 - 1, 2**31, 2**32 + 5, 253_402_300_799])
def test_extreme_dates(site, httpd, stamp):
    path = site.write("file.txt", "file")
    os.utime(path, (stamp, stamp))
    answer = fetch(httpd().address, "/file.txt")
    assert answer.status == 200
    if 0 < stamp < time.time():
        assert when(answer["Last-Modified"]) == stamp
    # A date to come is never announced: the strict parser has compared it with Date.


@pytest.mark.parametrize("stamp", [0, 784_111_777])
def test_before_and_after_1970(site, httpd, stamp):
    path = site.write("file.txt", "file")
    os.utime(path, (-stamp - 1, -stamp - 1))
    assert fetch(httpd().address, "/file.txt").status == 200


def test_tag_follows_size_date_and_file(site, httpd):
    tags = []
    for content, nanoseconds in ((b"one", 10**18), (b"two!", 10**18), (b"two?", 10**18 + 1), (b"two?", 10**18 + 10**9)):
        path = site.write("file.txt", content)
        os.utime(path, ns=(nanoseconds, nanoseconds))
        tags.append(fetch(httpd().address, "/file.txt")["ETag"])
    assert len(set(tags)) == len(tags)
