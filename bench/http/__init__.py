"""The HTTP benchmark: Pier's file server beside nginx, lighttpd, h2o and a bare responder, all with one thread."""

from pathlib import Path
from typing import Sequence

from bench.http import tree
from bench.http.servers import BARE, H2O, LIGHTTPD, NGINX, PIER, Cache, Installation, Scenario
from bench.http.servers import versions as versions
from bench.http.works import (
    BYTE_RATE,
    CPU_PER_MIB,
    CPU_PER_REQUEST,
    PSS,
    START_TIME,
    IdleWork,
    LoadWork,
    StartWork,
)
from bench.rounds import Work
from bench.verdict import Bar
from bench.wrk import Load

OURS = PIER
BINARY = "pier-httpd"

# What a browser sends with a request for a page, beside Host.
BROWSER = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Language: en-GB,en;q=0.9,de;q=0.8",
    "Accept-Encoding: gzip, deflate, br, zstd",
    "Referer: http://localhost/articles/2024/a-page-with-a-longer-name.html",
    "Cookie: session=8f14e45fceea167a5a36dedd4bea2543; theme=dark; consent=yes",
    "Upgrade-Insecure-Requests: 1",
    "Sec-Fetch-Dest: document",
    "Sec-Fetch-Mode: navigate",
    "Sec-Fetch-Site: same-origin",
)


def prepare(folder: Path, pier: Path) -> Installation:
    """Writes the files to serve. Readable by all: started by root, nginx and h2o serve as another user."""
    folder.chmod(0o755)
    root = folder / "root"
    root.mkdir()
    tree.build(root)
    return Installation(root, folder, pier)


def works(at: Installation, seconds: int) -> Sequence[Work]:
    """The table: each work with the servers that do it and the bars that Pier must reach."""

    def cpu(rival: str, limit: float) -> Bar:
        return Bar(CPU_PER_REQUEST, limit, rival)

    def load(
        name: str, title: str, servers: Sequence[str], bars: Sequence[Bar], what: Load, scenario: Scenario = Scenario()
    ) -> LoadWork:
        return LoadWork(name, title, servers, bars, what, at, seconds, scenario)

    return (
        load(
            "1k",
            "1 KiB, 50 keep-alive connections",
            (PIER, NGINX, LIGHTTPD, H2O, BARE),
            (cpu(NGINX, 0.70), cpu(LIGHTTPD, 0.95), cpu(H2O, 0.95), cpu(BARE, 1.25)),
            Load(tree.ONE_KIB),
        ),
        load(
            "1k-browser",
            "1 KiB, 50 keep-alive connections, ten browser headers, access log on",
            (PIER, NGINX),
            (cpu(NGINX, 0.75),),
            Load(tree.ONE_KIB, headers=BROWSER),
            scenario=Scenario(access_log=True),
        ),
        load(
            "100k",
            "100 KiB, 50 keep-alive connections",
            (PIER, NGINX, LIGHTTPD, H2O),
            (cpu(NGINX, 0.90), cpu(LIGHTTPD, 1.0)),
            Load(tree.HUNDRED_KIB),
        ),
        load(
            "10m",
            "10 MiB, 10 keep-alive connections",
            (PIER, NGINX, LIGHTTPD),
            (Bar(CPU_PER_MIB, 1.0, NGINX), Bar(BYTE_RATE, 1.0, NGINX, at_least=True)),
            Load(tree.TEN_MIB, connections=10),
        ),
        load(
            "close",
            "1 KiB, one connection per request, 50 at a time",
            (PIER, NGINX, LIGHTTPD, H2O),
            (cpu(NGINX, 0.90),),
            Load(tree.ONE_KIB, headers=("Connection: close",)),
        ),
        load(
            "files",
            "2 000 different files of 4 KiB, 50 keep-alive connections",
            (PIER, NGINX, LIGHTTPD, H2O),
            (cpu(NGINX, 0.85), cpu(LIGHTTPD, 1.0)),
            Load(files=2000),
        ),
        load(
            "tree",
            f"{tree.TREE_FILES} files of 4 KiB, eight times Pier's memory for contents; nginx with its cache off",
            (PIER, NGINX, LIGHTTPD),
            (cpu(NGINX, 1.0),),
            Load(files=tree.TREE_FILES),
            scenario=Scenario(cache=Cache.SMALL),
        ),
        load(
            "uncached",
            f"{tree.TREE_FILES} files of 4 KiB, no cache at all on either side",
            (PIER, NGINX),
            (),  # told, not asked for: the price of Pier's care with what is opened
            Load(files=tree.TREE_FILES),
            scenario=Scenario(cache=Cache.OFF),
        ),
        IdleWork(
            "idle",
            "10 000 idle keep-alive connections",
            (PIER, NGINX, LIGHTTPD, H2O),
            (Bar(PSS, 1.0, NGINX),),
            10_000,
            at,
        ),
        StartWork("start", "start to `listening on`", (PIER,), (Bar(START_TIME, 50.0),), 10, at),
    )
