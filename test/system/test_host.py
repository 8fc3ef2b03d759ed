"""Host: exactly one, valid, in every HTTP/1.1 request; an absolute-form target overrides it (RFC 9112 3.2)."""

import pytest

from wire import exchange, request


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    shared_site.write("small.txt", "small")
    (shared_site.root / "sub").mkdir()
    return shared_httpd()


def status(server, *fields, target="/small.txt", version="HTTP/1.1"):
    return exchange(server.address, request(target, *fields, version=version, host=None)).status


@pytest.mark.parametrize("host", [
    "localhost", "example.com", "example.com:8080", "EXAMPLE.COM", "example.com.", "127.0.0.1", "127.0.0.1:1", "[::1]",
    "[::1]:8080", "[2001:db8::8:800:200c:417a]:80", "a-b.c_d.e~f", "xn--bcher-kva.example", "example.com:", "x:65535"])
def test_valid(server, host):
    assert status(server, f"Host: {host}") == 200


@pytest.mark.parametrize("host", [
    "", " ", "a/b", "/", "a b", "a, b", "a,b", "user@example.com", "user:pass@example.com", "http://example.com",
    "example.com/", "example.com?x", "example.com#x", "example.com:port", "example.com:80:80", "example.com:-1", ":80",
    "[::1", "::1", "[]", "[::1]x", "[::1]:x", "[zz]", "a\\b", "a\"b", "<a>", "a|b", "a^b", "a`b", "{a}", "a\tb",
    "b\xfccher.example", "%zz", "%"])
def test_invalid(server, host):
    assert status(server, f"Host: {host}") == 400


def test_missing(server):
    assert exchange(server.address, request("/small.txt", host=None), closes=True).status == 400


@pytest.mark.parametrize("second", ["localhost", "other.example", ""])
def test_repeated(server, second):
    assert status(server, "Host: localhost", f"Host: {second}") == 400
    assert status(server, "Host: localhost", "Accept: */*", f"hOST: {second}") == 400


def test_http_1_0_may_leave_it_out(server):
    assert status(server, version="HTTP/1.0") == 200


@pytest.mark.parametrize("fields", [["Host: a/b"], ["Host: a", "Host: b"], ["Host: a", "Host: a"]])
def test_http_1_0_may_not_get_it_wrong(server, fields):
    assert status(server, *fields, version="HTTP/1.0") == 400


@pytest.mark.parametrize("fields,expected", [
    (["Host: other.example"], 200), ([], 400), (["Host:"], 400), (["Host: a/b"], 400), (["Host: a", "Host: a"], 400)])
def test_absolute_form_does_not_replace_it(server, fields, expected):
    assert status(server, *fields, target="http://localhost/small.txt") == expected


def test_name_in_any_case_and_value_in_any_white_space(server):
    for field in ("host:localhost", "HOST:    localhost", "hOsT:\tlocalhost \t"):
        assert status(server, field) == 200


def test_is_not_reflected(server):
    for target in ("/sub", "/missing", "/%00", "/small.txt"):
        answer = exchange(server.address, request(target, "Host: evil.example", host=None))
        assert b"evil" not in answer.body and "evil" not in str(answer.fields)
