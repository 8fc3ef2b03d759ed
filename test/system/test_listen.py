"""Where it listens: IPv4, IPv6, unix sockets, several at once; and what it says when it cannot."""

import json
import os
import pathlib
import re
import socket
import stat
import subprocess

import pytest

from daemon import run
from wire import Connection, fetch, request


@pytest.fixture(autouse=True)
def small(site):
    site.write("small.txt", "small")


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
            return True
    except OSError:
        return False


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback")


def refuses(site, *arguments):
    """The error of a server that cannot listen."""
    done = run("pier-httpd", site.root, *arguments)
    assert done.returncode == 69 and "listening on" not in done.stdout, done
    sentence = done.stderr.strip()
    assert len(sentence.split()) >= 4 and "terminate" not in sentence, sentence
    return sentence


@pytest.mark.parametrize("threads", ["1", "2"])
@pytest.mark.parametrize("accept", ["spread", "deal"])
def test_ipv4(httpd, threads, accept):
    server = httpd("--threads", threads, "--accept", accept)
    assert server.address[0] == "127.0.0.1" and server.address[1] > 0
    for _ in range(20):
        assert fetch(server.address, "/small.txt").body == b"small"


@needs_ipv6
def test_ipv6(httpd):
    server = httpd(listen=["[::1]:0"])
    assert re.fullmatch(r"http://\[::1\]:\d+", server.url)
    assert fetch(server.address, "/small.txt").body == b"small"


def test_unix(site, httpd):
    path = f"{site.outside}/socket"
    server = httpd(listen=[f"unix:{path}"])
    assert server.url == f"http+unix:{path}"
    assert fetch(path, "/small.txt").body == b"small"
    assert stat.S_ISSOCK(os.stat(path).st_mode)
    server.stop()
    assert not os.path.exists(path)


@pytest.mark.parametrize("threads", ["1", "2"])
def test_unix_with_both_ways_to_accept(site, httpd, threads):
    for accept in ("spread", "deal"):
        path = f"{site.outside}/{accept}"
        httpd("--threads", threads, "--accept", accept, listen=[f"unix:{path}"])
        for _ in range(20):
            assert fetch(path, "/small.txt").body == b"small"


@needs_ipv6
def test_several_at_once(site, httpd):
    server = httpd(listen=["127.0.0.1:0", "[::1]:0", f"unix:{site.outside}/one", "127.0.0.1:0",
                           f"unix:{site.outside}/two"])
    assert len(set(map(str, server.addresses))) == 5
    for address in server.addresses:
        assert fetch(address, "/small.txt").body == b"small"


def test_port_option(httpd):
    server = httpd("-p", "0", listen=[])
    assert server.address[0] == "127.0.0.1"
    assert fetch(server.address, "/small.txt").body == b"small"


def test_given_port(httpd):
    first = httpd()
    port = first.address[1]
    first.stop()
    again = httpd(listen=[f"127.0.0.1:{port}"])  # also: connections in TIME_WAIT do not keep it from coming back
    assert again.address[1] == port
    assert fetch(again.address, "/small.txt").body == b"small"


def test_comes_back_though_connections_linger(httpd):
    first = httpd()
    port = first.address[1]
    with Connection(first.address) as connection:
        connection.send(request("/small.txt", "Connection: close")).answer()
        connection.closed()  # the server closed first, so TIME_WAIT is on its side
    first.stop()
    assert fetch(httpd("-p", str(port), listen=[]).address, "/small.txt").body == b"small"


@pytest.mark.parametrize("accept", ["spread", "deal"])
def test_port_in_use_by_another_program(site, accept):
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        assert address in refuses(site, "--listen", address, "--accept", accept, "--threads", "2")


@pytest.mark.parametrize("accept", ["spread", "deal"])
def test_port_in_use_by_another_pier(site, httpd, accept):
    """SO_REUSEPORT is for the shards of one process; a second one must not steal half of the connections."""
    first = httpd("--accept", accept, "--threads", "2")
    address = f"127.0.0.1:{first.address[1]}"
    assert address in refuses(site, "--listen", address, "--accept", accept, "--threads", "2")
    for _ in range(20):
        assert fetch(first.address, "/small.txt").body == b"small"


def test_nothing_is_served_when_one_of_several_fails(site):
    with socket.create_server(("127.0.0.1", 0)) as other:
        said = refuses(site, "--listen", "127.0.0.1:0", "--listen", f"127.0.0.1:{other.getsockname()[1]}")
        assert "running already" in said and "--port" in said, "what to do about it"


def test_address_of_another_machine(site):
    said = refuses(site, "--listen", "198.51.100.1:0")
    assert "198.51.100.1" in said and "no address of this machine" in said


def test_stale_unix_socket_is_replaced(site, httpd):
    path = f"{site.outside}/socket"
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(path)  # closing leaves the file behind
    httpd(listen=[f"unix:{path}"])
    assert fetch(path, "/small.txt").body == b"small"


def test_stale_unix_socket_of_a_killed_pier_is_replaced(site, httpd):
    path = f"{site.outside}/socket"
    first = httpd(listen=[f"unix:{path}"])
    first.kill()
    assert os.path.exists(path)
    httpd(listen=[f"unix:{path}"])
    assert fetch(path, "/small.txt").body == b"small"


def test_unix_socket_in_use(site, httpd):
    path = f"{site.outside}/socket"
    httpd(listen=[f"unix:{path}"])
    assert path in refuses(site, "--listen", f"unix:{path}")
    assert fetch(path, "/small.txt").body == b"small"


def test_what_is_no_socket_is_not_replaced(site):
    path = pathlib.Path(f"{site.outside}/precious")
    path.write_text("precious")
    assert str(path) in refuses(site, "--listen", f"unix:{path}")
    assert path.read_text() == "precious"


@pytest.mark.parametrize("path", ["{outside}/missing/socket", "{outside}/" + "n" * 200, "{outside}/site"])
def test_unix_path_that_cannot_be(site, path):
    done = run("pier-httpd", site.root, "--listen", "unix:" + path.format(outside=site.outside))
    assert done.returncode in (64, 69) and len(done.stderr.split()) >= 4


def test_socket_that_another_took_over_is_left_alone(site, httpd):
    path = f"{site.outside}/socket"
    server = httpd(listen=[f"unix:{path}"])
    os.unlink(path)
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(path)
        other.listen()
        server.stop()
        assert os.path.exists(path), "it removed a socket that is not its own"


def other_addresses():
    done = subprocess.run(["ip", "-json", "address"], capture_output=True, text=True, check=False)
    return [info["local"] for link in json.loads(done.stdout or "[]") for info in link.get("addr_info", ())
            if info["family"] == "inet" and not info["local"].startswith("127.")]


def test_lan(httpd):
    server = httpd("--lan", "-p", "0", listen=[])
    port = int(server.url.rsplit(":", 1)[1])
    hosts = ["127.0.0.1", *(["::1"] if has_ipv6() else []), *other_addresses()]
    for host in hosts:
        assert fetch((host, port), "/small.txt").body == b"small"


@pytest.mark.skipif(not other_addresses(), reason="this machine has no address besides loopback")
def test_without_lan_only_this_machine(httpd):
    server = httpd("-p", "0", listen=[])
    for host in other_addresses():
        with pytest.raises(ConnectionRefusedError):
            Connection((host, server.address[1]))


def test_default_root_is_the_current_folder(site, httpd):
    assert fetch(httpd(root=None, cwd=site.root).address, "/small.txt").body == b"small"
