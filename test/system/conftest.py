"""Fixtures: a tree of files to serve, and servers that are checked when they end."""

import contextlib
import os
import pathlib
import resource
import shutil
import subprocess
import tempfile
import time

import pytest

import daemon
import tls
import wire

BY_TLS = "PIER_TEST_TLS" in os.environ  # servers and clients of a test that was written without: see test_tls_suite.py


def pytest_configure(config):
    # 2 000 slow peers need as many descriptors here as there.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if daemon.is_sanitized():
        wire.SLOWNESS = 4.0
    if BY_TLS:
        wire.Connection = tls.Connection


class Site:
    """A folder to serve, `root`, and around it `outside`, of which nothing may ever be served."""

    def __init__(self, outside):
        self.outside = pathlib.Path(outside)
        self.root = self.outside / "site"
        self.root.mkdir()

    def write(self, name, content=b"", age=3600):
        """Writes a file last modified `age` seconds ago: old enough for its date to be a strong validator."""
        path = self.root / name if isinstance(name, str) else os.fsdecode(os.fsencode(self.root) + b"/" + name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        stamp = int(time.time()) - age
        os.utime(path, (stamp, stamp))
        return pathlib.Path(path)


@contextlib.contextmanager
def new_site():
    # Not pytest's tmp_path: a unix socket's path must stay short, and another user must be able to enter.
    outside = tempfile.mkdtemp(prefix="pier-test-")
    os.chmod(outside, 0o755)
    try:
        yield Site(outside)
    finally:
        shutil.rmtree(outside, ignore_errors=True)


@contextlib.contextmanager
def new_httpd(site):
    with contextlib.ExitStack() as running:
        def start(*arguments, root=site.root, listen=("127.0.0.1:0",), name="pier-httpd", **options):
            listens = [word for address in listen for word in ("--listen", address)]
            roots = [] if root is None else [root]
            arguments += ("--tls", "self") if BY_TLS else ()
            options.setdefault("listeners", max(1, len(listen)))
            server = daemon.Daemon(name, *roots, *listens, *arguments, **options)
            running.callback(server.stop)
            return server
        yield start


@pytest.fixture
def site():
    """A tree of one test's own."""
    with new_site() as tree:
        yield tree


@pytest.fixture
def httpd(site):
    """httpd(*arguments, root=...): a server of `site` that is stopped and checked after the test."""
    with new_httpd(site) as start:
        yield start


@pytest.fixture(scope="module")
def shared_site():
    """A tree for a whole file's tests."""
    with new_site() as tree:
        yield tree


@pytest.fixture(scope="module")
def shared_httpd(shared_site):
    """As httpd, for servers of `shared_site` that run until the file's tests are through."""
    with new_httpd(shared_site) as start:
        yield start


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Debian's Chromium without a window, driven by Selenium."""
    pytest.importorskip("selenium", reason="python3-selenium is not installed")
    if not shutil.which("chromium") or not shutil.which("chromedriver"):
        pytest.skip("chromium or chromium-driver is not installed")
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync",
                 "--host-resolver-rules=MAP pier.test 127.0.0.1",  # as another machine would name this one
                 f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.accept_insecure_certs = True  # of those that tests make
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    driver.set_page_load_timeout(30)
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def axe():
    """The accessibility checker axe-core from npm, in the version and with the checksum of axe/package-lock.json."""
    folder = pathlib.Path(os.environ.get("PIER_BUILD") or daemon.HERE.parents[1] / "build/release") / "axe"
    script = folder / "node_modules/axe-core/axe.min.js"
    source = daemon.HERE / "axe"
    lock = (source / "package-lock.json").read_bytes()
    if not script.is_file() or (folder / "package-lock.json").read_bytes() != lock:
        if not shutil.which("npm"):
            pytest.skip("npm is not installed: script/bootstrap test")
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(source / name, folder)
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder,
                              capture_output=True, text=True, timeout=300)
        if done.returncode:
            pytest.skip(f"axe-core cannot be had from npm: {done.stderr.strip()[-300:]}")
    return script.read_text()
