"""The syntax of field lines (RFC 9112 5, RFC 9110 5.5)."""

import pytest

from wire import exchange, fetch, request

START = b"GET /small.txt HTTP/1.1\r\n"


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    shared_site.write("small.txt", "small")
    return shared_httpd()


def assert_refused(server, lines):
    answer = exchange(server.address, START + lines + b"\r\n" + request("/small.txt"), closes=True)
    assert answer.status == 400 and answer.body != b"small"


@pytest.mark.parametrize("name", [b"", b" ", b"X-A ", b"X-A\t", b" X-A", b"\tX-A", b"X A", b"X(A", b"X,A", b"X/A",
                                  b"X;A", b"X<A", b"X=A", b"X@A", b"X[A", b"X\\A", b"X]A", b"X{A", b"X}A", b'X"A',
                                  b"X\x00A", b"X\x01A", b"X\x7fA", b"X\x80A", b"X\xc3\xa9A", b"X\rA"])
@pytest.mark.parametrize("first", [True, False], ids=["first", "later"])
def test_invalid_name(server, name, first):
    field = name + b": 1\r\n"
    assert_refused(server, field + b"Host: localhost\r\n" if first else b"Host: localhost\r\n" + field)


@pytest.mark.parametrize("name", [b"Host ", b"Host\t", b"Content-Length ", b"Transfer-Encoding "])
def test_space_before_the_colon_of_fields_that_matter(server, name):
    assert_refused(server, b"Host: localhost\r\n" * (not name.startswith(b"Host")) + name + b": 0\r\n")


@pytest.mark.parametrize("line", [b"X-A", b"X-A 1", b"garbage", b"=", b"\x00"])
def test_line_without_a_colon(server, line):
    assert_refused(server, b"Host: localhost\r\n" + line + b"\r\n")


@pytest.mark.parametrize("byte", [b"\x00", b"\x01", b"\x08", b"\x0b", b"\x0c", b"\x1b", b"\x1f", b"\x7f", b"\r", b"\n"])
@pytest.mark.parametrize("form", [b"%sab", b"a%sb", b"ab%s"], ids=["start", "middle", "end"])
def test_control_character_in_a_value(server, byte, form):
    assert_refused(server, b"Host: localhost\r\nX-A: " + form % byte + b"\r\n")


@pytest.mark.parametrize("fold", [b"\r\n b", b"\r\n\tb", b"\r\n  b: c", b"\r\n \r\n b"])
def test_folded_line(server, fold):
    assert_refused(server, b"Host: localhost\r\nX-A: a" + fold + b"\r\n")


@pytest.mark.parametrize("line", [b" ", b"\t", b" X-A: 1", b"\tX-A: 1"])
def test_white_space_before_the_first_field(server, line):
    assert_refused(server, line + b"\r\nHost: localhost\r\n")


@pytest.mark.parametrize("field", [
    "X-A:", "X-A: ", "X-A:\t ", "X-A:1", "X-A: 1 ", "X-A: a\tb", "X-A: \x80\xff", "X-A: a:b:c", "X-A: \"quoted\\\"\"",
    "X-A: " + "v" * 4000, "!#$%&'*+-.^_`|~09azAZ: 1", "x: 1", "N" * 200 + ": 1"])
def test_valid(server, field):
    assert fetch(server.address, "/small.txt", field, closes=False).body == b"small"


def test_a_hundred_fields_pass_and_no_more(server):
    fields = [f"X-{number}: {number}" for number in range(99)]  # and Host
    assert fetch(server.address, "/small.txt", *fields, closes=False).body == b"small"
    assert fetch(server.address, "/small.txt", *fields, "X: 1", closes=True).status == 431


@pytest.mark.parametrize("field",
                         ["IF-NONE-MATCH:%s", "if-none-match: %s", "If-None-Match: \t %s \t ", "If-None-Match:%s   "])
def test_names_ignore_case_and_values_are_trimmed(server, field):
    tag = fetch(server.address, "/small.txt")["ETag"]
    assert fetch(server.address, "/small.txt", field % tag).status == 304


def test_lines_of_one_list_are_joined(server):
    tag = fetch(server.address, "/small.txt")["ETag"]
    assert fetch(server.address, "/small.txt", 'If-None-Match: "a"', "Accept: */*",
                 f"If-None-Match: {tag}").status == 304
    assert fetch(server.address, "/small.txt", f"If-None-Match: {tag}", 'If-None-Match: "a"').status == 304
