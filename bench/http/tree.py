"""The files that the servers serve."""

from pathlib import Path

KIB = 1024

ONE_KIB = "/1KiB.html"
HUNDRED_KIB = "/100KiB.html"
TEN_MIB = "/10MiB.html"

TREE_FILES = 8000
TREE_FILE_SIZE = 4 * KIB


def tree_path(number: int) -> str:
    """The path of one of TREE_FILES small files, a hundred to a directory. bench/wrk/load.lua knows the same names."""
    return f"/tree/{number // 100:02}/{number:04}.html"


def build(root: Path) -> None:
    """Writes all files; each has a content of its own, so that one sent for another is noticed."""
    for path, size in ((ONE_KIB, KIB), (HUNDRED_KIB, 100 * KIB), (TEN_MIB, 10 * KIB * KIB)):
        _write(root, path, size)
    for number in range(TREE_FILES):
        _write(root, tree_path(number), TREE_FILE_SIZE)


def content(root: Path, path: str) -> bytes:
    return (root / path.lstrip("/")).read_bytes()


def _write(root: Path, path: str, size: int) -> None:
    file = root / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    line = f"{path} ".encode()
    file.write_bytes((line * (size // len(line) + 1))[:size])
