"""Makes the Debian packages, installs `pier` into a folder that holds nothing but what it depends on, serves from there,
and removes it again. Needs root, for chroot; the folder has no systemd, so the package's scripts must do without.

    check_deb.py CPACK BUILD
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import urllib.request

SKIPPED = 77
cpack, build = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
work = build / "deb-test"


def run(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def in_own_namespace():
    """Mounts made here end with this process; nobody else sees them."""
    if os.environ.get("PIER_OWN_NAMESPACE"):
        return
    if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0:
        print("skipped: only root can install into a folder of its own")
        sys.exit(SKIPPED)
    os.execvpe("unshare", ["unshare", "--mount", sys.executable, *sys.argv], {**os.environ, "PIER_OWN_NAMESPACE": "1"})


def copy(path, root):
    """A file as it stands here, with the libraries that it needs."""
    libraries = re.findall(r"(/\S+) \(0x", run("ldd", path)) if path != "/etc/passwd" else []
    for each in [path, *libraries]:
        to = root / each.lstrip("/")
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(each, to)


def make_root(program):
    """A system just large enough for dpkg's scripts, and for the libraries that the package depends on."""
    root = work / "root"
    for folder in ("var/lib/dpkg/info", "var/lib/dpkg/updates", "var/log/pier", "proc", "dev", "tmp"):
        (root / folder).mkdir(parents=True)
    (root / "var/lib/dpkg/status").touch()
    for path in ("/bin/sh", "/bin/rm"):
        copy(path, root)
    for library in re.findall(r"=> (/\S+) \(0x", run("ldd", program)) + re.findall(r"^\s*(/\S+) \(0x", run("ldd", program), re.M):
        copy(library, root)
    (root / "etc").mkdir()
    (root / "etc/passwd").write_text("root:x:0:0::/:/bin/sh\ndaemon:x:1:1::/:/bin/false\n")
    (root / "etc/group").write_text("root:x:0:\ndaemon:x:1:\n")
    run("mount", "-t", "proc", "proc", root / "proc")
    return root


def check_contents(pier, dev):
    """The programs stand in one, what only builders need in the other."""
    names = {package: {line.split()[5].removeprefix(".") for line in run("dpkg-deb", "-c", package).splitlines()}
             for package in (pier, dev)}
    for name in ("/usr/bin/pier", "/usr/bin/pier-httpd", "/usr/lib/systemd/system/pier-httpd.service",
                 "/usr/lib/systemd/system/pier-httpd.socket", "/usr/lib/systemd/system/pier.service",
                 "/usr/bin/pier-beatd", "/usr/bin/pier-beat", "/usr/lib/systemd/system/pier-beatd.service", "/etc/pier/beatd.ini",
                 "/usr/bin/pier-pingd", "/usr/lib/systemd/system/pier-pingd.service",
                 "/usr/lib/systemd/system/pier-pingd.socket", "/etc/pier/pingd.ini", "/etc/pier/httpd.ini", "/etc/pier/pier.ini", "/etc/logrotate.d/pier", "/usr/share/doc/pier/copyright"):
        assert name in names[pier], name
    assert not any(name.endswith((".hpp", ".a", ".cmake")) for name in names[pier])
    assert any(name.endswith("/pier/net/runtime.hpp") for name in names[dev])
    assert any(name.endswith("libpier_net.a") for name in names[dev])
    assert not any("/bin/" in name or name.startswith("/etc") for name in names[dev])
    shared = {name for name in names[pier] & names[dev] if not name.endswith("/")}
    assert not shared, shared
    conffiles = set(run("dpkg-deb", "-I", pier, "conffiles").split())
    assert conffiles == {name for name in names[pier] if name.startswith("/etc") and not name.endswith("/")}, conffiles


def check_dependencies(pier):
    depends = run("dpkg-deb", "-f", pier, "Depends")
    assert "libc6" in depends and "libspdlog" in depends, depends
    run("dpkg", "--simulate", "--install", pier)  # against what this machine has, and changing nothing


def serve(root, program):
    (root / "var/www/html/index.html").write_text("from the package")
    server = subprocess.Popen(["chroot", root, program, "/var/www/html", "--listen", "127.0.0.1:0", "--user", "daemon"],
                              stdout=subprocess.PIPE, text=True)
    try:
        line = server.stdout.readline()
        assert line.startswith("listening on http://"), line
        assert urllib.request.urlopen(line.split()[-1], timeout=10).read() == b"from the package"
    finally:
        server.send_signal(signal.SIGTERM)
        code = server.wait(timeout=20)
    assert code == 0, code


def main():
    in_own_namespace()
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    run(cpack, "-G", "DEB", "-B", work / "cpack", cwd=build)
    pier, = (work / "cpack").glob("pier_*.deb")
    dev, = (work / "cpack").glob("pier-dev_*.deb")
    check_contents(pier, dev)
    check_dependencies(pier)

    root = make_root(build / "bin/pier-httpd")
    dpkg = ("dpkg", f"--root={root}", "--force-depends", "--force-confold")
    run(*dpkg, "-i", pier)
    serve(root, "/usr/bin/pier-httpd")

    configuration = root / "etc/pier/httpd.ini"
    configuration.write_text("# changed\n")
    run(*dpkg, "-i", pier)  # as an upgrade
    assert configuration.read_text() == "# changed\n"
    run(*dpkg, "--remove", "pier")
    assert configuration.exists() and not (root / "usr/bin/pier").exists()
    (root / "var/log/pier/httpd.log").touch()
    run(*dpkg, "--purge", "pier")
    run("umount", root / "proc")
    left = list(root.rglob("*pier*"))
    assert not left, left
    print("packed, installed, served, removed")


main()
