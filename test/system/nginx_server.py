"""nginx over a folder, for as long as a test needs it."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

import pytest


@contextlib.contextmanager
def serving(root):
    program = shutil.which("nginx") or (os.path.exists("/usr/sbin/nginx") and "/usr/sbin/nginx")
    if not program:
        pytest.skip("nginx is not installed: script/bootstrap bench")
    with tempfile.TemporaryDirectory(prefix="pier-test-") as folder:
        home = pathlib.Path(folder)
        # nginx takes no port 0: one that was free a moment ago.
        free = socket.create_server(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        user = "user root;" if os.geteuid() == 0 else ""
        (home / "nginx.conf").write_text(f"""
            {user} daemon off; pid {home}/pid; error_log {home}/error; worker_processes 1;
            events {{ }}
            http {{
                access_log off; client_body_temp_path {home}; proxy_temp_path {home}; fastcgi_temp_path {home};
                uwsgi_temp_path {home}; scgi_temp_path {home};
                server {{ listen 127.0.0.1:{port}; root {root}; }}
            }}""")
        process = subprocess.Popen([program, "-e", home / "error", "-c", home / "nginx.conf"], stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 10
            while True:
                with contextlib.suppress(OSError):
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                assert process.poll() is None and time.monotonic() < deadline, (home / "error").read_text()
                time.sleep(0.02)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(10)
