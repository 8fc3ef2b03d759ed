"""The tests of HTTP once more, by TLS: the server that they find must be the same."""

import os
import subprocess
import sys

import pytest

from daemon import HERE
from wire import bound

FILES = ["test_ranges.py", "test_pipelining.py", "test_methods.py", "test_framing.py", "test_expect.py", "test_conditionals.py",
         "test_encodings.py", "test_malformed.py", "test_split.py", "test_connection.py"]


@pytest.mark.parametrize("file", FILES)
def test_by_tls(file):
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "not curl", file], cwd=HERE, timeout=bound(240),
                          env={**os.environ, "PIER_TEST_TLS": "yes"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:]
