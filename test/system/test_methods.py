"""GET, HEAD and OPTIONS work; other known methods get 405 with Allow, unknown ones 501 (RFC 9110 9, 15.5.6)."""

import pytest

from wire import Connection, exchange, fetch, request

ALLOWED = {"get", "head", "options"}


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    shared_site.write("small.txt", "sixteen bytes..\n")
    shared_site.write("empty.txt")
    shared_site.write("index.html", "<title>home</title>")
    shared_site.write("large.bin", bytes(range(256)) * 4096)
    (shared_site.root / "sub").mkdir()
    return shared_httpd()


def test_get(server):
    answer = fetch(server.address, "/small.txt", closes=False)
    assert (answer.status, answer.reason, answer.body) == (200, "OK", b"sixteen bytes..\n")


@pytest.mark.parametrize("target",
                         ["/small.txt", "/empty.txt", "/large.bin", "/", "/missing", "/sub", "/small.txt/", "/%00"])
def test_head_has_the_status_and_fields_of_get_and_no_content(server, target):
    got, headed = fetch(server.address, target), fetch(server.address, target, method="HEAD")
    assert headed.status == got.status
    undated = [[field for field in answer.fields if field[0] != "date"] for answer in (headed, got)]
    assert undated[0] == undated[1]
    assert headed.length == len(got.body)


def test_head_leaves_the_connection_in_step(server):
    with Connection(server.address) as connection:
        for _ in range(3):
            connection.send(request("/large.bin", method="HEAD"), request("/small.txt"))
            assert connection.answer("HEAD").length == 1 << 20
            assert connection.answer().body == b"sixteen bytes..\n"


@pytest.mark.parametrize("target", ["/small.txt", "/missing", "/sub/"])
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH", "TRACE"])
def test_known_method_that_no_file_supports(server, method, target):
    answer = fetch(server.address, target, method=method)
    assert answer.status == 405 and answer.tokens("Allow") == ALLOWED


@pytest.mark.parametrize("target", ["localhost:80", "example.com:443", "[::1]:443"])
def test_connect_opens_no_tunnel(server, target):
    answer = fetch(server.address, target, method="CONNECT", host=target)
    assert answer.status == 405 and answer.tokens("Allow") == ALLOWED


def test_connect_takes_no_path(server):
    assert fetch(server.address, "/small.txt", method="CONNECT").status in (400, 405)


def test_trace_reflects_nothing(server):
    answer = fetch(server.address, "/small.txt", "Cookie: session=7f3a", method="TRACE")
    assert answer.status == 405 and b"7f3a" not in answer.body


@pytest.mark.parametrize("method", ["BREW", "get", "Get", "GETS", "GE", "X", "!#$%&'*+-.^_`|~0", "HEAD1"])
def test_unknown_method(server, method):
    assert fetch(server.address, "/small.txt", method=method).status == 501


@pytest.mark.parametrize("method", ["", "G(T", "GE,T", "\"GET\"", "G\xc9T", "G\x7fT", "GET:"])
def test_what_is_no_method(server, method):
    assert exchange(server.address, request("/small.txt", method=method), closes=True).status == 400


@pytest.mark.parametrize("target", ["*", "/small.txt", "/", "/sub/"])
def test_options(server, target):
    answer = fetch(server.address, target, method="OPTIONS", closes=False)
    assert answer.status == 204 and answer.tokens("Allow") == ALLOWED


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_asterisk_belongs_to_options_alone(server, method):
    assert fetch(server.address, "*", method=method, closes=True).status == 400


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH", "BREW"])
def test_content_of_a_refused_method_is_not_taken_for_a_request(server, method):
    trap = request("/small.txt")
    with Connection(server.address) as connection:
        connection.send(request("/small.txt", f"Content-Length: {len(trap)}", method=method, body=trap),
                        request("/missing"))
        answer = connection.answer()
        assert answer.status in (405, 501)
        if not answer.closes:
            assert connection.answer().status == 404  # the request behind it, not the one inside
            connection.finish()
        connection.closed()
