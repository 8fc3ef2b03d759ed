"""Symbolic links: --links inside (relative ones that never leave the root), all, or none."""

import os
import threading
import time

import pytest

from wire import fetch

SECRET = b"the secret outside the root"

LINKS = {  # link: its text, whether it is relative and stays inside, and what it leads to
    "to-file": ("inside.txt", True, b"inside"),
    "to-sub": ("sub/deep/file.txt", True, b"deep"),
    "sub/up": ("../inside.txt", True, b"inside"),
    "sub/deep/up": ("../../inside.txt", True, b"inside"),
    "to-link": ("to-file", True, b"inside"),
    "dots": ("./sub/../inside.txt", True, b"inside"),
    "out": ("../secret.txt", False, SECRET),
    "sub/out": ("../../secret.txt", False, SECRET),
    "out-and-in": ("../site/inside.txt", False, b"inside"),
    "to-out": ("out", False, SECRET),
    "absolute-out": ("{outside}/secret.txt", False, SECRET),
    "absolute-in": ("{outside}/site/inside.txt", False, b"inside")}
DIRECTORY_LINKS = {"folder": ("sub", "/folder/deep/file.txt", True, b"deep"),
                   "parent": ("..", "/parent/secret.txt", False, SECRET),
                   "sub/grand": ("../..", "/sub/grand/secret.txt", False, SECRET),
                   "slash": ("/", "/slash/etc/passwd", False, None),
                   "sibling": ("../site-secret", "/sibling/secret.txt", False, SECRET),
                   "self": (".", "/self/self/inside.txt", True, b"inside")}


@pytest.fixture(scope="module")
def linked(shared_site):
    shared_site.write("inside.txt", "inside")
    shared_site.write("sub/deep/file.txt", "deep")
    (shared_site.outside / "secret.txt").write_bytes(SECRET)
    (shared_site.outside / "site-secret").mkdir()
    (shared_site.outside / "site-secret/secret.txt").write_bytes(SECRET)
    for name, (text, *_) in {**LINKS, **DIRECTORY_LINKS}.items():
        (shared_site.root / name).symlink_to(text.format(outside=shared_site.outside))
    (shared_site.root / "loop").symlink_to("loop")
    (shared_site.root / "broken").symlink_to("nowhere")
    (shared_site.root / "magic").symlink_to("/proc/self/root")
    return shared_site


@pytest.mark.parametrize("policy", [None, "inside", "all", "none"])
def test_links(linked, shared_httpd, policy):
    server = shared_httpd(*(["--links", policy] if policy else []))
    cases = [("/" + name, inside, body) for name, (_, inside, body) in LINKS.items()]
    cases += [(target, inside, body) for _, target, inside, body in DIRECTORY_LINKS.values()]
    for target, inside, body in cases:
        followed = policy == "all" or policy != "none" and inside
        answer = fetch(server.address, target)
        assert answer.status == (200 if followed else 404), (policy, target, answer)
        assert answer.body == body or body is None or not followed
    for target in ("/loop", "/loop/x", "/broken", "/broken/"):
        assert fetch(server.address, target).status == 404
    assert fetch(server.address, "/inside.txt").body == b"inside"
    if policy != "all":
        assert fetch(server.address, "/magic/etc/passwd").status == 404


@pytest.mark.parametrize("policy", ["inside", "none"])
def test_dot_segments_do_not_undo_links(linked, shared_httpd, policy):
    server = shared_httpd("--links", policy)
    assert fetch(server.address, "/parent/../secret.txt").status == 404  # removed before the lookup: /secret.txt
    assert fetch(server.address, "/parent/../inside.txt").body == b"inside"


@pytest.mark.parametrize("policy", ["inside", "none", "all"])
def test_root_may_be_a_link(linked, shared_httpd, policy):
    link = linked.outside / f"root-link-{policy}"
    link.symlink_to("site")
    assert fetch(shared_httpd("--links", policy, root=link).address, "/sub/deep/file.txt").body == b"deep"


def test_folder_exchanged_for_a_link_while_it_is_looked_up(site, httpd):
    """Whoever checks a path and opens it afterwards loses this race now and then."""
    (site.outside / "other").mkdir()
    (site.outside / "other/file.txt").write_bytes(SECRET)
    site.write("good/file.txt", "inside")
    (site.root / "bad").symlink_to("../other")
    server = httpd("--cache-size", "0", "--threads", "2")
    over = threading.Event()

    def exchange_names():
        while not over.is_set():
            for here, there in (("good", "swap"), ("bad", "good"), ("swap", "bad")):
                os.rename(site.root / here, site.root / there)

    swapper = threading.Thread(target=exchange_names)
    swapper.start()
    try:
        seen, deadline = set(), time.monotonic() + 2
        while time.monotonic() < deadline:
            answer = fetch(server.address, "/good/file.txt")
            assert SECRET not in answer.body
            seen.add(answer.status)
    finally:
        over.set()
        swapper.join()
    assert seen == {200, 404}, "the race did not take place"
