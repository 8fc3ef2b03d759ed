"""Instructions per request of the hot paths, counted by callgrind and held below a budget.

Wall clocks are too noisy to catch a slow-down of a few per cent; instruction counts repeat to half a per cent. Each path is run
twice with different numbers of requests on one connection, and the difference is divided: start-up cancels out.
A budget is the count when it was last set plus three per cent. Lower it when the code gets quicker. With every limit on
a request may cost three per cent more than it did before there were any: 4946.
"""
import pathlib
import socket
import subprocess
import sys
import tempfile

PLAIN = "GET /HelloWorld.html HTTP/1.1\r\nHost: localhost:8080\r\nAccept: */*\r\n\r\n"
BROWSER = (
    "GET /HelloWorld.html HTTP/1.1\r\nHost: localhost:8080\r\nConnection: keep-alive\r\n"
    "Cache-Control: max-age=0\r\nUpgrade-Insecure-Requests: 1\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
    "Sec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n"
    "Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en-US,en;q=0.9\r\n\r\n"
)

LIMITS = ["--limit-requests", "1000000/s", "--limit-connections-per-address", "1000", "--limit-rate", "10G",
          "--limit-rate-total", "10G", "--trust-forwarded-from", "127.0.0.1"]

# name: (request, extra options, budget)
PATHS = {
    "plain keep-alive": (PLAIN, [], 4980),
    "with every limit": (PLAIN, LIMITS, 5125),
    "browser headers, access log": (BROWSER, ["--access-log", "/dev/null"], 10260),
    "not modified": (PLAIN.replace("Accept: */*", "If-None-Match: *"), [], 5440),
    "unknown path": (PLAIN.replace("/HelloWorld", "/Nothing"), [], 7030),
}
FEW, MANY = 500, 3000


def ask(port, request, count):
    """Sends the request `count` times, one after another, and reads each answer to its end."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as peer:
        peer.settimeout(30)
        for _ in range(count):
            peer.sendall(request.encode())
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += peer.recv(65536)
            head, _, body = answer.partition(b"\r\n\r\n")
            length = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
            missing = (int(length[0].split(b":")[1]) if length else 0) - len(body)
            while missing > 0:
                missing -= len(peer.recv(65536))


def instructions(binary, request, options, count):
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "callgrind.out"
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={report}", binary,
                   "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--threads", "1", 
                   "--upperd.no-serve", "--pingd.no-serve", "--beatd.no-serve", *options]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            line = server.stdout.readline()
            if not line.startswith("listening on "):
                sys.exit("the server did not start: " + server.stderr.read())
            ask(int(line.rsplit(":", 1)[1]), request, count)
        finally:
            server.terminate()
            server.communicate(timeout=60)
        for line in report.read_text().splitlines():
            if line.startswith(("summary:", "totals:")):
                return int(line.split()[1])
    sys.exit("callgrind wrote no summary")


def main():
    binary = sys.argv[1]
    failed = False
    for name, (request, options, budget) in PATHS.items():
        few = instructions(binary, request, options, FEW)
        many = instructions(binary, request, options, MANY)
        each = (many - few) / (MANY - FEW)
        verdict = "ok" if each <= budget else "OVER BUDGET"
        failed = failed or each > budget
        print(f"{name}: {each:.0f} instructions per request, budget {budget}: {verdict}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
