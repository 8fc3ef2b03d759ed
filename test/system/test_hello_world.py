"""The web server exercise of networking courses: a browser or a few lines of socket code ask for HelloWorld.html and
for a file that does not exist."""

import pathlib
import socket

import pytest

from wire import fetch

PAGE = b"<!DOCTYPE html>\n<html><head><title>Hello</title></head>\n<body><h1>Hello, world!</h1></body></html>\n"


@pytest.fixture(scope="module")
def server(shared_site, shared_httpd):
    shared_site.write("HelloWorld.html", PAGE)
    return shared_httpd()


def test_page(server):
    answer = fetch(server.address, "/HelloWorld.html")
    assert (answer.status, answer.reason, answer.body) == (200, "OK", PAGE)
    assert answer["Content-Type"] == "text/html; charset=utf-8"


def test_missing_page(server):
    answer = fetch(server.address, "/GoodbyeWorld.html", closes=False)
    assert (answer.status, answer.reason) == (404, "Not Found")
    assert b"404 Not Found" in answer.body and answer["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("target", ["/%3Cscript%3Ealert(1)%3C/script%3E", "/x%22onload=%22alert(1)", "/x?%3Cscript%3E"])
def test_missing_page_does_not_echo_markup(server, target):
    body = fetch(server.address, target).body
    assert b"<script" not in body and b'"onload' not in body


@pytest.mark.parametrize("message", [
    b"GET /HelloWorld.html HTTP/1.0\r\n\r\n",
    b"GET /HelloWorld.html HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"])
def test_client_of_a_few_lines(server, message):
    """The exercise's client: one send, then recv until the end."""
    client = socket.create_connection(server.address, timeout=10)
    client.send(message)
    received = b""
    while piece := client.recv(1024):
        received += piece
    client.close()
    assert received.startswith(b"HTTP/1.1 200 OK\r\n") and received.endswith(b"\r\n\r\n" + PAGE)


def test_page_of_the_site_that_pier_brings(shared_httpd):
    site = pathlib.Path(__file__).resolve().parents[2] / "static/site"
    server = shared_httpd(root=site)
    answer = fetch(server.address, "/HelloWorld.html")
    assert answer.status == 200 and answer.body == (site / "HelloWorld.html").read_bytes()
    assert b"hello" in answer.body.lower()
