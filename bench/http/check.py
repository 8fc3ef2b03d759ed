"""Checks before measuring: a server that answers wrongly is fast for no merit."""

import http.client
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Iterable

from bench.errors import BenchError
from bench.http import tree
from bench.process import ServerProcess


@dataclass(frozen=True)
class Answer:
    status: int
    fields: dict[str, str]  # names in lower case
    body: bytes
    closes: bool


def ask(connection: http.client.HTTPConnection, path: str, headers: Iterable[str]) -> Answer:
    connection.putrequest("GET", path, skip_accept_encoding=True)
    for header in headers:
        name, _, value = header.partition(": ")
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()
    fields = {name.lower(): value for name, value in response.getheaders()}
    closes = response.will_close
    return Answer(response.status, fields, response.read(), closes)


def without_proof() -> ssl.SSLContext:
    """For clients that measure: whose certificate it is does not matter."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def connect(server: ServerProcess) -> http.client.HTTPConnection:
    if server.scheme == "https":
        return http.client.HTTPSConnection(*server.address, timeout=10, context=without_proof())
    return http.client.HTTPConnection(*server.address, timeout=10)


def check_answers(server: ServerProcess, root: Path, paths: Iterable[str], headers: tuple[str, ...]) -> set[str]:
    """Asks for each path as the load will; returns the names of the header fields that all answers carry."""
    closing = "Connection: close" in headers
    common: set[str] = set()
    connection = connect(server)
    try:
        for path in paths:
            answer = ask(connection, path, headers)
            expected = tree.content(root, path)
            if answer.status != 200:
                raise BenchError(f"{server.name} answered {path} with {answer.status}")
            if answer.fields.get("content-length") != str(len(expected)) or answer.body != expected:
                raise BenchError(f"{server.name} answered {path} with other bytes than the file's")
            if answer.closes != closing:
                kept = "closed" if answer.closes else "kept open"
                raise BenchError(f"{server.name} {kept} a connection against what {path} asked for")
            common = common & answer.fields.keys() if common else set(answer.fields)
    except (OSError, http.client.HTTPException) as error:
        raise server.failure(f"did not answer: {error!r}") from error
    finally:
        connection.close()
    return common
