"""script/test tells what was skipped, and why, before ctest's summary; the exit status is ctest's."""
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "script" / "test"
pytestmark = pytest.mark.skipif(not shutil.which("ctest"), reason="ctest is not installed")

PYTEST = """..s [100%]
=========== short test summary info ===========
SKIPPED [1] test_a.py:3: fuse is not to be had
SKIPPED [12] test_b.py:7: only root can, be it said; 'quoted' "twice"
3 passed, 13 skipped in 0.1s
"""


@pytest.fixture
def script(tmp_path):
    """script(outputs, *arguments): runs it over tests that print that, and fail where they say so."""
    def write(path, text, mode=0o644):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
        (tmp_path / path).chmod(mode)

    (tmp_path / "script").mkdir()
    shutil.copy(SCRIPT, tmp_path / "script/test")
    write("script/bootstrap", "#!/bin/sh\n", 0o755)
    write("bin/cmake", "#!/bin/sh\n", 0o755)  # all is built
    write("CMakePresets.json", "{}")
    write("build/release/CMakeCache.txt", "PIER_TESTS:BOOL=ON\n")
    write("build/release/build.ninja", "")

    def run(outputs, *arguments):
        tests = []
        for name, text in outputs.items():
            write(f"outputs/{name}", text)
            tests.append(f'add_test({name} "/bin/sh" "-c" "cat outputs/{name}; ! grep -q FAILED outputs/{name}")\n'
                         f'set_tests_properties({name} PROPERTIES LABELS "system" WORKING_DIRECTORY "{tmp_path}")\n')
        write("build/release/CTestTestfile.cmake", "".join(tests))
        return subprocess.run([tmp_path / "script/test", *arguments], capture_output=True, text=True, timeout=60,
                              env={**os.environ, "PATH": f"{tmp_path}/bin:{os.environ['PATH']}"})
    return run


def test_skips_are_told_before_the_summary(script):
    done = script({"one": PYTEST, "two": "1 passed in 0.1s\n", "three": "skipped: only root can install\n"})
    assert done.returncode == 0, done
    before, told = re.split(r"^Skipped: ", done.stdout, flags=re.M)
    assert told.startswith("14\n  [") and "tests passed" not in before
    for line in ("[1] test_a.py:3: fuse is not to be had\n",
                 "[12] test_b.py:7: only root can, be it said; 'quoted' \"twice\"\n", "[1] only root can install\n"):
        assert f"\n  {line}" in told
    assert re.search(r"^100% tests passed, 0 tests failed out of 3$", told, re.M)
    assert done.stdout.rstrip().splitlines()[-1].startswith("Total Test time")


def test_a_failure_is_the_end_and_the_status(script):
    done = script({"one": PYTEST, "two": "FAILED test_c.py\n100% tests passed, by ctest's leave\n"})
    assert done.returncode == 8, "ctest's own status for tests that failed"
    assert "\nSkipped: 13\n" in done.stdout and "FAILED test_c.py" in done.stdout
    end = done.stdout.split("\nSkipped: 13\n")[1]
    assert "50% tests passed, 1 tests failed out of 2" in end and re.search(r"\d - two \(Failed\)\s*\Z", end)


def test_nothing_skipped_nothing_told(script):
    done = script({"one": "2 passed in 0.1s\n"})
    assert done.returncode == 0 and "Skipped" not in done.stdout and "100% tests passed" in done.stdout


def test_of_what_was_run_before_nothing_is_told(script):
    assert "Skipped: 13" in script({"one": PYTEST}).stdout
    for arguments in (["-N"], ["-R", "two"]):
        done = script({"one": PYTEST, "two": "1 passed\n"}, *arguments)
        assert done.returncode == 0 and "Skipped" not in done.stdout, done
    assert script({"one": PYTEST}, "-R", "nothing is called so").returncode != 0
