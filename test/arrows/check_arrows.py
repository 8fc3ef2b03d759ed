#!/usr/bin/python3
"""Checks what the sources include: the arrows between rooms, and which files may know of Asio.

    check_arrows.py SOURCE-ROOT     reads lib/, apps/ and test/, prints each breach, fails if there is one
    check_arrows.py --self-test     proves on small trees that each rule fires

Every file in lib/pier is free of I/O, that is, reaches no Asio header, unless lib/pier/io-files.txt
names it: one path from SOURCE-ROOT a line, `#` begins a comment.
"""
import re
import sys
import tempfile
from pathlib import Path

# apps -> rooms -> admin -> http -> net -> ops -> base; a file includes its own layer and those below.
LAYERS = ["base", "ops", "net", "http", "admin"]
ROOMS = ["upper", "files", "get", "proxy", "ping", "beat", "mail", "travel"]
LEVELS = {**{name: level for level, name in enumerate(LAYERS)}, **{name: len(LAYERS) for name in ROOMS}}

UMBRELLAS = ["boost/asio.hpp", "boost/beast.hpp"]
ASIO = re.compile(r"boost/(asio|beast)(/|\.hpp$)")  # Beast's headers include Asio's
IO_FILES = "lib/pier/io-files.txt"

SUFFIXES = {".hpp", ".cpp", ".ipp", ".h", ".cc"}
COMMENT_OR_LITERAL = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<end>[^()\\ ]*)\(.*?\)(?P=end)"|"(?:\\.|[^"\\\n])*"|(?<!\w)\'(?:\\.|[^\'\\\n])+\'', re.S)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)
DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(BOOST_(?:ASIO|BEAST)_\w+)", re.M)
BEAST_NAME = re.compile(r"\bbeast\b")


class Source:
    def __init__(self, root, path):
        self.name = path.relative_to(root).as_posix()
        text = path.read_text(encoding="utf-8", errors="replace")
        code = COMMENT_OR_LITERAL.sub(lambda m: m[0] if m[0][0] in "\"'R" else " " + "\n" * m[0].count("\n"), text)
        self.includes = [(code.count("\n", 0, m.start(2)) + 1, m[1] == '"', m[2]) for m in INCLUDE.finditer(code)]
        self.defines = [(code.count("\n", 0, m.start(1)) + 1, m[1]) for m in DEFINE.finditer(code)]
        bare = COMMENT_OR_LITERAL.sub(lambda m: "\n" * m[0].count("\n"), INCLUDE.sub("", code))
        self.beast_line = next((bare.count("\n", 0, m.start()) + 1 for m in BEAST_NAME.finditer(bare)), None)

        parts = self.name.split("/")
        self.is_app = parts[0] == "apps"
        self.room = parts[2] if parts[:2] == ["lib", "pier"] and len(parts) > 3 else None
        self.is_public = parts[0] == "lib" and self.name.endswith(".hpp")


def read_sources(root):
    for folder in ("lib", "apps", "test"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                yield Source(root, path)


def arrow_breach(source, line, is_quoted, target):
    """Why this include goes against the arrows, or None."""
    if not target.startswith("pier/"):
        if is_quoted and not source.is_app:
            return f'{source.name}:{line}: "{target}": includes of our own start with pier/'
        return None
    to = target.split("/")[1]
    if to not in LEVELS:
        return f"{source.name}:{line}: {target}: there is no room named {to}"
    if source.is_app or source.room == to:
        return None
    if source.room in ROOMS and to in ROOMS:
        return f"{source.name}:{line}: {target}: rooms do not include each other"
    if LEVELS[to] > LEVELS[source.room]:
        return f"{source.name}:{line}: {target}: {source.room} stands below {to}"
    return None


def check_arrows(sources):
    for source in sources:
        if source.name.startswith("test/"):
            continue
        if source.name.startswith("lib/") and source.room not in LEVELS:
            yield f"{source.name}: is in none of the rooms {', '.join(LEVELS)}"
            continue
        for include in source.includes:
            breach = arrow_breach(source, *include)
            if breach:
                yield breach


def check_umbrellas(sources):
    for source in sources:
        for line, _, target in source.includes:
            if target in UMBRELLAS:
                yield f"{source.name}:{line}: <{target}> includes everything: name the headers that are needed"


def check_public_headers(sources):
    for source in sources:
        if not source.is_public:
            continue
        for line, _, target in source.includes:
            if target.startswith("boost/beast"):
                yield f"{source.name}:{line}: <{target}>: public headers do not include Beast"
        if source.beast_line:
            yield f"{source.name}:{source.beast_line}: public headers name nothing of Beast"


def check_definitions(sources):
    for source in sources:
        for line, macro in source.defines:
            yield f"{source.name}:{line}: {macro} belongs on the CMake target: definitions must not differ between files"


def asio_paths(sources):
    """Each file of lib/pier that reaches an Asio header, with the includes that lead there."""
    found = {source.name: [target] for source in sources for _, _, target in source.includes if ASIO.match(target)}
    while True:
        more = {source.name: [f"lib/{target}", *found[f"lib/{target}"]] for source in sources if source.name not in found
                for _, _, target in source.includes if f"lib/{target}" in found}
        if not more:
            return {name: way for name, way in found.items() if name.startswith("lib/pier/")}
        found.update(more)


def check_io_files(root, sources):
    listed = []
    if (root / IO_FILES).is_file():
        lines = (root / IO_FILES).read_text(encoding="utf-8").splitlines()
        listed = [word for word in (line.split("#")[0].strip() for line in lines) if word]
    reaching = asio_paths(sources)
    for name in sorted(reaching):
        way = " -> ".join([name, *reaching[name]])
        if name.startswith("lib/pier/base/"):
            yield f"{name}: base has no I/O: {way}"
        elif name not in listed:
            yield f"{name}: reaches Asio, and {IO_FILES} does not list it: {way}"
    for name in sorted(set(listed)):
        if listed.count(name) > 1:
            yield f"{IO_FILES}: {name}: listed twice"
        if not (root / name).is_file():
            yield f"{IO_FILES}: {name}: there is no such file"
        elif name not in reaching:
            yield f"{IO_FILES}: {name}: reaches no Asio header and need not be listed"


def check(root):
    sources = list(read_sources(root))
    if not any(source.room for source in sources):
        return [f"{root}: has no sources in lib/pier"]
    return [*check_arrows(sources), *check_umbrellas(sources), *check_public_headers(sources),
            *check_definitions(sources), *check_io_files(root, sources)]


# Each case: the files added to GOOD, and what its one breach must say (None: there is no breach).
GOOD = {
    "lib/pier/base/text.hpp": "#include <string>\n",
    "lib/pier/ops/log.hpp": '#include "pier/base/text.hpp"\n',
    "lib/pier/net/types.hpp": '#include "pier/ops/log.hpp"\n#include <boost/asio/ip/tcp.hpp>\n',
    "lib/pier/http/range.hpp": '#include "pier/base/text.hpp"\nint beasts; // beast:: is named in a comment only\n',
    "lib/pier/http/connection.cpp": '#include "pier/net/types.hpp"\n#include <boost/beast/http/parser.hpp>\n',
    "lib/pier/files/tree.hpp": '#include "pier/http/range.hpp"\n',
    "apps/httpd/main.cpp": '#include "pier/files/tree.hpp"\n#include "pier/ping/packet.hpp"\n#include "local.hpp"\n',
    "lib/pier/ping/packet.hpp": "",
    IO_FILES: "# with a reason\nlib/pier/net/types.hpp\nlib/pier/http/connection.cpp # and another\n",
}
CASES = {
    "a good tree": ({}, None),
    "base includes ops": ({"lib/pier/base/a.cpp": '#include "pier/ops/log.hpp"\n'}, "a.cpp:1.*base stands below ops"),
    "ops includes http": ({"lib/pier/ops/a.cpp": '\n# include  <pier/http/range.hpp>\n'}, "a.cpp:2.*ops stands below http"),
    "http includes a room": ({"lib/pier/http/a.hpp": '#include "pier/files/tree.hpp"\n'}, "http stands below files"),
    "admin may use http": ({"lib/pier/admin/a.hpp": '#include "pier/http/range.hpp"\n'}, None),
    "http includes admin": ({"lib/pier/admin/a.hpp": "", "lib/pier/http/b.hpp": '#include "pier/admin/a.hpp"\n'},
                            "http stands below admin"),
    "a room includes its neighbour": ({"lib/pier/files/a.cpp": '#include "pier/ping/packet.hpp"\n'},
                                      "rooms do not include each other"),
    "a room that does not exist": ({"lib/pier/files/a.cpp": '#include "pier/cellar/a.hpp"\n'}, "no room named cellar"),
    "a file in no room": ({"lib/pier/cellar/a.cpp": ""}, "in none of the rooms"),
    "a relative include": ({"lib/pier/files/a.cpp": '#include "tree.hpp"\n'}, "start with pier/"),
    "Asio's umbrella": ({"apps/httpd/a.cpp": "#include <boost/asio.hpp>\n"}, "includes everything"),
    "Beast's umbrella": ({"test/unit/a.cpp": "#include <boost/beast.hpp>\n"}, "includes everything"),
    "an include in a comment": ({"lib/pier/base/a.cpp": "/*\n#include <boost/asio.hpp>\n*/ // #include <boost/asio.hpp>\n"}, None),
    "after a quote and a digit separator": (
        {"lib/pier/http/a.cpp": "char q = '\"'; int n = 1'000; char s[] = \"/*\";\n#include <boost/asio/post.hpp>\n"},
        "does not list it"),
    "after a raw string": ({"lib/pier/http/a.cpp": 'auto s = R"x("/*)x";\n#include <boost/asio/post.hpp>\n'}, "does not list it"),
    "Asio unlisted": ({"lib/pier/files/a.cpp": "#include <boost/asio/post.hpp>\n"}, "a.cpp: reaches Asio"),
    "Asio through two headers": (
        {"lib/pier/net/a.hpp": '#include "pier/net/types.hpp"\n', "lib/pier/files/b.cpp": '#include "pier/net/a.hpp"\n',
         IO_FILES: GOOD[IO_FILES] + "lib/pier/net/a.hpp\n"},
        r"b.cpp -> lib/pier/net/a.hpp -> lib/pier/net/types.hpp -> boost/asio/ip/tcp.hpp"),
    "headers that include each other": (
        {"lib/pier/net/a.hpp": '#include "pier/net/b.hpp"\n', "lib/pier/net/b.hpp": '#include "pier/net/a.hpp"\n'}, None),
    "Asio in base": ({"lib/pier/base/a.hpp": "#include <boost/asio/buffer.hpp>\n"}, "base has no I/O"),
    "Asio in base, listed": ({"lib/pier/base/a.hpp": "#include <boost/asio/buffer.hpp>\n",
                              IO_FILES: GOOD[IO_FILES] + "lib/pier/base/a.hpp\n"}, "base has no I/O"),
    "listed but gone": ({IO_FILES: GOOD[IO_FILES] + "lib/pier/net/gone.cpp\n"}, "gone.cpp: there is no such file"),
    "listed needlessly": ({IO_FILES: GOOD[IO_FILES] + "lib/pier/http/range.hpp\n"}, "range.hpp: reaches no Asio"),
    "listed twice": ({IO_FILES: GOOD[IO_FILES] + "lib/pier/net/types.hpp\n"}, "types.hpp: listed twice"),
    "a header includes Beast": ({"lib/pier/net/a.hpp": "#include <boost/beast/core/span.hpp>\n",
                                 IO_FILES: GOOD[IO_FILES] + "lib/pier/net/a.hpp\n"}, "do not include Beast"),
    "a header names Beast": ({"lib/pier/http/a.hpp": "\nvoid f(boost::beast::http::verb);\n"}, "a.hpp:2.*name nothing of Beast"),
    "a source names Beast": ({"lib/pier/http/a.cpp": "namespace beast = boost::beast;\n"}, None),
    "a definition of Asio's": ({"lib/pier/files/a.cpp": "#define BOOST_ASIO_NO_DEPRECATED\n"}, "BOOST_ASIO_NO_DEPRECATED belongs"),
    "a definition of Beast's": ({"test/unit/a.cpp": "\n #  define BOOST_BEAST_X 1\n"}, "a.cpp:2.*BOOST_BEAST_X belongs"),
}


def self_test():
    failures = 0
    for title, (files, expected) in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for name, text in {**GOOD, **files}.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            breaches = check(root)
        good = len(breaches) == 1 and re.search(expected, breaches[0]) if expected else not breaches
        if not good:
            failures += 1
            print(f"{title}: expected {expected!r}, got {breaches}")
    with tempfile.TemporaryDirectory() as folder:
        if not check(Path(folder)):
            failures += 1
            print("an empty tree passes")
    print(f"{len(CASES) + 1} cases, {failures} failed")
    return failures


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if sys.argv[1] == "--self-test":
        sys.exit(1 if self_test() else 0)
    breaches = check(Path(sys.argv[1]).resolve())
    for breach in breaches:
        print(breach)
    sys.exit(1 if breaches else 0)


main()
