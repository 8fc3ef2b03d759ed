"""Installs the build, builds test/package/hello against the installed package, runs it and asks it something."""
import pathlib
import shutil
import subprocess
import sys
import urllib.request

cmake, build, compiler, sanitize = sys.argv[1:5]
here = pathlib.Path(__file__).parent
work = pathlib.Path(build) / "package-test"
shutil.rmtree(work, ignore_errors=True)


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")


run(cmake, "--install", build, "--prefix", work / "prefix")
for name in ("pier", "pier-httpd", "pier-pingd", "pier-beatd"):
    for file in (f"bin/{name}", f"share/man/man8/{name}.8", f"share/bash-completion/completions/{name}"):
        assert (work / "prefix" / file).stat().st_size > 0, file
flags = f"-fsanitize={sanitize}" if sanitize else ""
run(cmake, "-S", here / "hello", "-B", work / "hello", "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={work / 'prefix'}",
    f"-DCMAKE_CXX_COMPILER={compiler}", f"-DCMAKE_CXX_FLAGS={flags}", "-DCMAKE_BUILD_TYPE=Release")
run(cmake, "--build", work / "hello")

lines = (here / "hello" / "main.cpp").read_text().splitlines()
assert len(lines) <= 36, "the README promises a server in about thirty lines"

server = subprocess.Popen([work / "hello" / "hello"], stdout=subprocess.PIPE, text=True)
try:
    line = server.stdout.readline()
    assert line.startswith("listening on http://127.0.0.1:"), line
    url = line.split()[-1]
    greeting = urllib.request.urlopen(url, timeout=10).read()
    assert greeting == b"Hello, 127.0.0.1!\n", greeting
    body = b"a body" * 5000  # more than comes in one piece
    echo = urllib.request.urlopen(url, data=body, timeout=10).read()
    assert echo == body, echo
finally:
    server.terminate()
    code = server.wait(timeout=20)
assert code == 0, code
print("installed, built against, answered")
