"""A FUSE file system of bad disks. Run as a program: stallfs.py MOUNTPOINT SECONDS; ends when it is unmounted.

    /fine.bin        readable, SIZE bytes
    /stalls-N.bin    (any N) as fine.bin, but the first read of each takes SECONDS
    /looks-N.bin     as fine.bin, but looking it up takes SECONDS
    /opens-N.bin     as fine.bin, but opening it takes SECONDS
    /closes-N.bin    as fine.bin, but closing it takes SECONDS
    /fails.bin       every read fails with EIO; so do those of /fails-small.bin, of 100 bytes
    /breaks.bin      reads fail from BREAK on
    /unknown.bin     even looking it up fails with EIO
"""

import errno
import stat
import sys
import threading
import time

SIZE = 8 << 20
SMALL = 100
BREAK = 1 << 20


CONTENT = b"0123456789abcde\n" * (SIZE // 16)


def load():
    """Debian calls the module fusepy, elsewhere it is fuse."""
    try:
        import fusepy as fuse
    except ImportError:
        import fuse
    return fuse


def main(mountpoint, seconds):
    fuse = load()

    class BadDisk(fuse.Operations):
        use_ns = True

        def __init__(self):
            self.lock, self.begun = threading.Lock(), set()

        def stall_once(self, path):
            with self.lock:
                first = path not in self.begun
                self.begun.add(path)
            if first:
                time.sleep(seconds)

        def getattr(self, path, fh=None):
            if path == "/":
                return {"st_mode": stat.S_IFDIR | 0o755, "st_nlink": 2}
            if path == "/unknown.bin":
                raise fuse.FuseOSError(errno.EIO)
            if path.startswith("/looks-"):
                self.stall_once(path)
            known = path.startswith(("/stalls-", "/looks-", "/opens-", "/closes-")) or path in (
                "/fine.bin", "/fails.bin", "/fails-small.bin", "/breaks.bin")
            if not known or not path.endswith(".bin"):
                raise fuse.FuseOSError(errno.ENOENT)
            return {"st_mode": stat.S_IFREG | 0o644, "st_nlink": 1, "st_size": SMALL if "small" in path else SIZE,
                    "st_mtime": 10**18}

        def readdir(self, path, fh):
            return [".", ".."]

        def open(self, path, flags):
            if path.startswith("/opens-"):
                time.sleep(seconds)
            return 0

        def flush(self, path, fh):
            if path.startswith("/closes-"):
                time.sleep(seconds)
            return 0

        def read(self, path, size, offset, fh):
            if path.startswith("/fails") or path == "/breaks.bin" and offset + size > BREAK:
                raise fuse.FuseOSError(errno.EIO)
            if path.startswith("/stalls-"):
                self.stall_once(path)
            return CONTENT[offset:offset + size]

    # Without caching of attributes every look-up comes here; many reads may be under way at once.
    fuse.FUSE(BadDisk(), mountpoint, foreground=True, attr_timeout=0, entry_timeout=0, max_background=200, ro=True)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
