"""Where a request ends: Content-Length, Transfer-Encoding, chunks. Whatever is wrong there ends the connection, and no
content ever becomes the next request (RFC 9112 6, 7, 11.2)."""

import pytest

from wire import Connection, exchange, request

TRAP = request("/trap.txt")


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    shared_site.write("small.txt", "small")
    shared_site.write("next.txt", "next")
    shared_site.write("trap.txt", "trapped")
    return shared_httpd()


def assert_refused(server, message, *statuses):
    answer = exchange(server.address, message + TRAP, closes=True)  # closes: no second answer came
    assert answer.status in statuses and b"trapped" not in answer.body, answer


def assert_consumed(server, message):
    """One answer for `message`, the next for what stands behind its content."""
    with Connection(server.address) as connection:
        connection.send(message + request("/next.txt"))
        assert [connection.answer().body, connection.answer().body] == [b"small", b"next"]
        connection.finish()
        connection.closed()


@pytest.mark.parametrize("value", ["+5", "-5", "-0", "0x5", "5a", "5 5", "5,5", "5, 5", "5,6", "", " ",
                                   "99999999999999999999", "18446744073709551616", "18446744073709551621", "5.0", "5e0",
                                   "\"5\"", "5;", "0b101", "5_0", "\xb2", "five"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_invalid_content_length(server, value, method):
    assert_refused(server, request("/small.txt", f"Content-Length: {value}", method=method, body=b"hello"), 400)


@pytest.mark.parametrize("second", ["5", "6", "0", ""])
def test_repeated_content_length(server, second):
    assert_refused(server, request("/small.txt", "Content-Length: 5", f"Content-Length: {second}", body=b"hello"), 400)


@pytest.mark.parametrize("fields", [
    ["Content-Length: 5", "Transfer-Encoding: chunked"], ["Transfer-Encoding: chunked", "Content-Length: 5"],
    ["Content-Length: 0", "Transfer-Encoding: chunked"], ["content-length: 5", "TRANSFER-ENCODING: Chunked"],
    ["Transfer-Encoding: identity", "Content-Length: 5"], ["Transfer-Encoding: gzip", "Content-Length: 5"]])
def test_both(server, fields):
    assert_refused(server, request("/small.txt", *fields, body=b"0\r\n\r\n"), 400)


@pytest.mark.parametrize("coding,statuses", [
    ("gzip", [501]), ("gzip, chunked", [501]), ("deflate,chunked", [501]), ("x-custom", [501]), ("xchunked", [501]),
    ("chunkedx", [501]), ("identity", [400, 501]), ("chunked, gzip", [400, 501]), ("chunked, identity", [400, 501]),
    ("chunked, chunked", [400, 501]), ("chunked;q=1", [400, 501]), ("\"chunked\"", [400, 501]), ("", [400, 501]),
    (",", [400, 501]), ("chunked chunked", [400, 501]), ("chunked\x0b", [400]), ("\x00chunked", [400])])
def test_transfer_encoding_other_than_chunked(server, coding, statuses):
    assert_refused(server, request("/small.txt", f"Transfer-Encoding: {coding}", body=b"0\r\n\r\n"), *statuses)


@pytest.mark.parametrize("codings",
                         [["chunked", "chunked"], ["chunked", "identity"], ["gzip", "chunked"], ["chunked", ""]])
def test_transfer_encoding_in_two_lines(server, codings):
    lines = [f"Transfer-Encoding: {coding}" for coding in codings]
    assert_refused(server, request("/small.txt", *lines, body=b"0\r\n\r\n"), 400, 501)


def test_chunked_in_http_1_0(server):
    assert_refused(server, request("/small.txt", "Transfer-Encoding: chunked", version="HTTP/1.0", body=b"0\r\n\r\n"),
                   400)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_content_is_read_and_dropped(server, method):
    with Connection(server.address) as connection:
        connection.send(request("/small.txt", f"Content-Length: {len(TRAP)}", method=method, body=TRAP),
                        request("/next.txt"))
        assert connection.answer(method).status in (200, 204)
        assert connection.answer().body == b"next"


def test_content_that_comes_later_is_dropped_as_well(server):
    with Connection(server.address) as connection:
        connection.send_apart(request("/small.txt", f"Content-Length: {len(TRAP)}"), TRAP[:20], TRAP[20:],
                              request("/next.txt"))
        assert [connection.answer().body, connection.answer().body] == [b"small", b"next"]


@pytest.mark.parametrize("value", ["0", "00", "000000000000000000000000000005", "5 ", "\t5\t"])
def test_valid_content_length(server, value):
    body = b"hello" if "5" in value else b""
    assert_consumed(server, request("/small.txt", f"Content-Length: {value}", body=body))


@pytest.mark.parametrize("coding", ["chunked", "Chunked", "CHUNKED", " chunked\t"])
def test_chunked_in_any_case(server, coding):
    assert_consumed(server, request("/small.txt", f"Transfer-Encoding: {coding}", body=b"5\r\nhello\r\n0\r\n\r\n"))


@pytest.mark.parametrize("chunks", [
    b"0\r\n\r\n", b"000\r\n\r\n", b"5\r\nhello\r\n0\r\n\r\n", b"1\r\nh\r\n4\r\nello\r\n0\r\n\r\n",
    b"0000000005\r\nhello\r\n0\r\n\r\n", b"A\r\n0123456789\r\n0\r\n\r\n", b"a\r\n0123456789\r\n0\r\n\r\n",
    b"1f\r\n" + b"x" * 31 + b"\r\n0\r\n\r\n", b"2\r\n\r\n\r\n0\r\n\r\n", b"5;name\r\nhello\r\n0\r\n\r\n",
    b"5;name=value\r\nhello\r\n0\r\n\r\n", b'5;a="q; \\"\t";b=c\r\nhello\r\n0;last\r\n\r\n',
    b"5 ; name = value\r\nhello\r\n0\r\n\r\n", b"0\r\nX-Trailer: 1\r\n\r\n", b"5\r\nhello\r\n0\r\nA: 1\r\nB:\r\n\r\n",
    b"%x\r\n%s\r\n0\r\n\r\n" % (len(TRAP), TRAP), b"0\r\nX: GET /trap.txt HTTP/1.1\r\n\r\n",
    b"8000\r\n" + b"x" * 32768 + b"\r\n0\r\n\r\n"],
    ids=lambda chunks: repr(chunks[:30]))
def test_valid_chunks(server, chunks):
    assert_consumed(server, request("/small.txt", "Transfer-Encoding: chunked", body=chunks))


@pytest.mark.parametrize("trailer", ["Range: bytes=0-0", "If-None-Match: *", "Connection: close", "Content-Length: 7",
                                     "Host: a/b", "Transfer-Encoding: gzip", "Expect: x"])
def test_trailers_are_not_merged(server, trailer):
    assert_consumed(server, request("/small.txt", "Transfer-Encoding: chunked",
                                    body=b"0\r\n" + trailer.encode() + b"\r\n\r\n"))


@pytest.mark.parametrize("chunks", [
    # lines end with CRLF and with nothing else
    b"5\nhello\r\n0\r\n\r\n", b"5\r\nhello\n0\r\n\r\n", b"5\r\nhello\r\n0\n\r\n", b"5\r\nhello\r\n0\r\n\n",
    b"5\rhello\r\n0\r\n\r\n", b"5;a\nb\r\nhello\r\n0\r\n\r\n", b"5;a=\rb\r\nhello\r\n0\r\n\r\n",
    # a size is hexadecimal digits
    b"+5\r\nhello\r\n0\r\n\r\n", b"-5\r\nhello\r\n0\r\n\r\n", b"0x5\r\nhello\r\n0\r\n\r\n", b" 5\r\nhello\r\n0\r\n\r\n",
    b"5x\r\nhello\r\n0\r\n\r\n", b"g\r\nhello\r\n0\r\n\r\n", b"\r\nhello\r\n0\r\n\r\n", b"5.0\r\nhello\r\n0\r\n\r\n",
    b"5,5\r\nhello\r\n0\r\n\r\n", b"5\x00\r\nhello\r\n0\r\n\r\n", b"5;a=\x00\r\nhello\r\n0\r\n\r\n",
    # and must not overflow
    b"10000000000000000\r\nhello\r\n0\r\n\r\n", b"10000000000000005\r\nhello\r\n0\r\n\r\n",
    b"ffffffffffffffff\r\nhello\r\n0\r\n\r\n", b"fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
    # content is as long as its size says
    b"5\r\nhello0\r\n\r\n", b"5\r\nhello!\r\n0\r\n\r\n", b"4\r\nhello\r\n0\r\n\r\n", b"5\r\nhelloX\r\n\r\n",
    # trailers are fields
    b"0\r\nno colon\r\n\r\n", b"0\r\nX : 1\r\n\r\n", b"0\r\n: 1\r\n\r\n", b"0\r\nA: 1\r\n folded\r\n\r\n",
    b"0\r\nA: \x00\r\n\r\n", b"0\r\nA: 1\n\r\n",
    # and nothing is endless
    b"5;" + b"e" * 100_000 + b"\r\nhello\r\n0\r\n\r\n", b"0\r\nA: " + b"t" * 100_000 + b"\r\n\r\n",
    b"0\r\n" + b"A: 1\r\n" * 20_000 + b"\r\n"], ids=lambda chunks: repr(chunks[:30]))
def test_invalid_chunks(server, chunks):
    assert_refused(server, request("/small.txt", "Transfer-Encoding: chunked", body=chunks), 400, 413, 431)


def test_endless_small_extensions_are_bounded(server):
    chunks = (b"1;" + b"e" * 1000 + b"\r\nx\r\n") * 1000  # 1 000 bytes of content in a million of extensions
    answer = exchange(server.address, request("/small.txt", "Transfer-Encoding: chunked", body=chunks + b"0\r\n\r\n"),
                      closes=True)
    assert answer.status in (200, 400, 413)


@pytest.mark.parametrize("body", [b"", b"5\r\nhel", b"5\r\nhello\r\n", b"5\r\nhello\r\n0\r\n",
                                  b"5\r\nhello\r\n0\r\nA: 1\r\n"])
def test_stream_that_ends_within_chunks_ends_the_connection(server, body):
    with Connection(server.address) as connection:
        connection.send(request("/small.txt", "Transfer-Encoding: chunked", body=body))
        connection.finish()
        rest, _ = connection.remains()
        assert rest.count(b"HTTP/1.1 ") <= 1


def test_what_one_client_left_unfinished_is_not_the_next_ones(site, httpd):
    """Who parses a request may have parsed another client's before: nothing of that may be left."""
    site.write("small.txt", "small")
    site.write("next.txt", "next")
    server = httpd("--threads", "1")
    for _ in range(3):
        with Connection(server.address) as one:
            one.send(request("/small.txt", "Transfer-Encoding: chunked", body=b"5\r\nab")).finish()
            one.remains()
        assert_consumed(server, request("/small.txt", "Content-Length: 3", body=b"abc"))
