"""The request line: its separators, the version, and the forms and bytes of the target (RFC 9112 2.2, 3; RFC 3986)."""

import pytest

from wire import Connection, exchange, request

REST = b"\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    shared_site.write("small.txt", "small")
    shared_site.write("index.html", "home")
    return shared_httpd()


def assert_refused(server, line, status):
    # What follows a request that cannot be understood must not be parsed: the peers have lost step.
    answer = exchange(server.address, line + REST + request("/small.txt"), closes=True)
    assert answer.status in ([status] if isinstance(status, int) else status) and answer.body != b"small"


@pytest.mark.parametrize("before", [b"\r\n", b"\r\n\r\n"])
def test_empty_lines_before_a_request_are_ignored(server, before):
    assert exchange(server.address, before + request("/small.txt"), closes=False).body == b"small"


def test_empty_line_between_requests_is_ignored(server):
    with Connection(server.address) as connection:
        connection.send(request("/small.txt") + b"\r\n" + request("/index.html"))
        assert [connection.answer().body for _ in range(2)] == [b"small", b"home"]


@pytest.mark.parametrize("line", [
    b"GET  /small.txt HTTP/1.1", b"GET /small.txt  HTTP/1.1", b"GET\t/small.txt HTTP/1.1", b"GET /small.txt\tHTTP/1.1",
    b" GET /small.txt HTTP/1.1", b"\tGET /small.txt HTTP/1.1", b"GET /small.txt HTTP/1.1 ",
    b"GET /small.txt HTTP/1.1\t", b"GET /small.txt HTTP/1.1 x", b"GET /small.txt\x0bHTTP/1.1",
    b"GET /small .txt HTTP/1.1", b"GET", b"GET ", b"GET/small.txt HTTP/1.1", b"GET  HTTP/1.1", b"HTTP/1.1 200 OK", b":",
    b"\x00", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"])
def test_separators(server, line):
    assert_refused(server, line, 400)


@pytest.mark.parametrize("line", [b"GET /small.txt\r HTTP/1.1", b"GET /sm\rall.txt HTTP/1.1",
                                  b"GET /small.txt HTTP/1.1\r", b"\rGET /small.txt HTTP/1.1",
                                  b"GET\r/small.txt HTTP/1.1"])
def test_bare_cr(server, line):
    assert_refused(server, line, 400)


@pytest.mark.parametrize("message", [
    b"GET /small.txt HTTP/1.1\nHost: localhost\n\n", b"GET /small.txt HTTP/1.1\nHost: localhost\r\n\r\n",
    b"GET /small.txt HTTP/1.1\r\nHost: localhost\n\r\n", b"GET /small.txt HTTP/1.1\r\nHost: localhost\r\n\n",
    b"\nGET /small.txt HTTP/1.1\r\nHost: localhost\r\n\r\n"])
def test_bare_lf(server, message):
    assert exchange(server.address, message, closes=True).status == 400


@pytest.mark.parametrize("version", [b"HTTP/1.1", b"HTTP/1.2", b"HTTP/1.9"])
def test_minor_versions_are_served_as_1_1(server, version):
    answer = exchange(server.address, b"GET /small.txt " + version + REST, closes=False)
    assert (answer.status, answer.body) == (200, b"small")


@pytest.mark.parametrize("version", [b"HTTP/2.0", b"HTTP/3.0", b"HTTP/9.9"])
def test_other_major_versions(server, version):
    assert_refused(server, b"GET /small.txt " + version, 505)


@pytest.mark.parametrize("version", [
    b"HTTP/1", b"HTTP/1.", b"HTTP/.1", b"HTTP/", b"HTTP", b"HTTP/11", b"HTTP/1.10", b"HTTP/11.1", b"HTTP/1,1",
    b"HTTP/+1.1", b"HTTP/1.-1", b"HTTP/1.1x", b"HTTP/0x1.1", b"http/1.1", b"Http/1.1", b"HTTPS/1.1", b"HTP/1.1", b"ICY",
    b"HTTP/a.b", b"HTTP/1.1,", b"HTTP\\1.1", b"\"HTTP/1.1\""])
def test_malformed_version(server, version):
    assert_refused(server, b"GET /small.txt " + version, 400)


def test_http_0_9(server):
    assert exchange(server.address, b"GET /small.txt\r\n\r\n", closes=True).status == 400
    assert_refused(server, b"GET /small.txt HTTP/0.9", (400, 505))


@pytest.mark.parametrize("target", [
    "/small.txt?", "/small.txt?a=b&c=d", "/small.txt?a/b?c", "/small.txt?%20%0d%0a", "/small.txt?!$&'()*+,;=:@-._~",
    "/%73mall.txt", "/%73%6D%61%6c%6C.txt"])
def test_valid_origin_form(server, target):
    assert exchange(server.address, request(target), closes=False).body == b"small"


@pytest.mark.parametrize("target", [
    "http://localhost/small.txt", "HTTP://LOCALHOST/small.txt", "http://other.example:8080/small.txt?x=1",
    "http://[::1]:80/small.txt", "http://127.0.0.1/small.txt"])
def test_absolute_form(server, target):
    assert exchange(server.address, request(target), closes=False).body == b"small"


@pytest.mark.parametrize("target", ["http://localhost", "http://localhost?x=1", "http://localhost/"])
def test_absolute_form_with_an_empty_path(server, target):
    assert exchange(server.address, request(target), closes=False).body == b"home"


@pytest.mark.parametrize("target", [
    "http://", "http:///small.txt", "http:small.txt", "http:/small.txt", "http://user@localhost/small.txt",
    "http://user:pass@localhost/small.txt", "http://a b/small.txt", "http://[::1/small.txt", "http://:80/small.txt",
    "http://localhost:port/small.txt", "://localhost/small.txt", "http//localhost/small.txt",
    "1http://localhost/small.txt"])
def test_malformed_absolute_form(server, target):
    assert_refused(server, b"GET " + target.encode() + b" HTTP/1.1", 400)


@pytest.mark.parametrize("target", ["small.txt", "./small.txt", "../small.txt", "?x=1", "localhost:80", "**",
                                    "*/small.txt", "#"])
def test_what_is_no_form_of_a_target(server, target):
    assert_refused(server, b"GET " + target.encode() + b" HTTP/1.1", 400)


@pytest.mark.parametrize("target", ["/small.txt#", "/small.txt#top", "/#/small.txt", "/small.txt?a#b"])
def test_fragment(server, target):
    assert_refused(server, b"GET " + target.encode() + b" HTTP/1.1", 400)


@pytest.mark.parametrize("place", ["path", "query"])
@pytest.mark.parametrize("byte", [b'"', b"<", b">", b"\\", b"^", b"`", b"{", b"|", b"}", b"\x00", b"\x01", b"\x0b",
                                  b"\x0c", b"\x1f", b"\x7f", b"\x80", b"\xc3\xa9", b"\xff"])
def test_bytes_that_no_target_may_hold(server, byte, place):
    target = b"/small" + byte + b".txt" if place == "path" else b"/small.txt?a=" + byte
    assert_refused(server, b"GET " + target + b" HTTP/1.1", 400)


@pytest.mark.parametrize("target", ["/%", "/%4", "/%zz", "/%4g", "/small.txt%", "/%%41", "/%u0041", "/% 41", "/%-1",
                                    "/%00", "/a%00b"])
def test_malformed_percent_encoding(server, target):
    answer = exchange(server.address, b"GET " + target.encode() + b" HTTP/1.1" + REST)
    assert answer.status == 400


def test_a_request_line_of_8000_octets_passes(server):
    line = b"GET /small.txt?" + b"q" * (8000 - len(b"GET /small.txt? HTTP/1.1")) + b" HTTP/1.1"
    assert len(line) == 8000  # RFC 9112 3
    assert exchange(server.address, line + REST, closes=False).body == b"small"
