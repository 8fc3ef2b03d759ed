#include "pier/files/media_types.hpp"

#include "pier/base/ascii.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

using namespace pier;
using files::content_type;

TEST_CASE("the table is in strict order, in lower case, and its types are well formed")
{
    auto table = files::media_types();
    CHECK(table.size() >= 150);
    for (std::size_t i = 0; i < table.size(); ++i) {
        const auto& [extension, type] = table[i];
        CAPTURE(extension, type);
        if (i > 0)
            CHECK(table[i - 1].extension < extension);
        CHECK(!extension.empty());
        CHECK(std::none_of(extension.begin(), extension.end(), is_upper));
        auto essence = type.substr(0, type.find(';'));
        auto slash = essence.find('/');
        REQUIRE(slash != essence.npos);
        CHECK(is_token(essence.substr(0, slash)));
        CHECK(is_token(essence.substr(slash + 1)));
        // all text says its charset, nothing else does
        CHECK(type.ends_with("; charset=utf-8") == type.starts_with("text/"));
        CHECK((type.size() == essence.size()) == !type.starts_with("text/"));
    }
}

TEST_CASE("every extension of the table is found, in any case")
{
    for (const auto& [extension, type] : files::media_types()) {
        std::string upper(extension);
        std::transform(upper.begin(), upper.end(), upper.begin(), to_upper);
        CHECK(content_type("/some.d/name." + std::string(extension)) == type);
        CHECK(content_type("name." + upper) == type);
    }
}

TEST_CASE("what a page is made of")
{
    CHECK(content_type("/index.html") == "text/html; charset=utf-8");
    CHECK(content_type("app.js") == "text/javascript; charset=utf-8");
    CHECK(content_type("app.mjs") == "text/javascript; charset=utf-8");
    CHECK(content_type("style.css") == "text/css; charset=utf-8");
    CHECK(content_type("data.json") == "application/json");
    CHECK(content_type("feed.xml") == "application/xml");
    CHECK(content_type("logo.svg") == "image/svg+xml");
    CHECK(content_type("photo.avif") == "image/avif");
    CHECK(content_type("favicon.ico") == "image/vnd.microsoft.icon");
    CHECK(content_type("font.woff2") == "font/woff2");
    CHECK(content_type("code.wasm") == "application/wasm");
    CHECK(content_type("site.webmanifest") == "application/manifest+json");
    CHECK(content_type("notes.txt") == "text/plain; charset=utf-8");
}

TEST_CASE("the last extension decides")
{
    CHECK(content_type("a.tar.gz") == "application/gzip");
    CHECK(content_type("jquery.min.js") == "text/javascript; charset=utf-8");
    CHECK(content_type("index.html.bak") == files::unknown_media_type);
    CHECK(content_type("..html") == "text/html; charset=utf-8");
}

TEST_CASE("without a known extension")
{
    for (auto name :
         {"", "/", "README", "/a.html/README", ".html", "/x/.profile", "name.", "a.html.", "a.unheard-of",
          "html", "a.htmlx", "a.htm l", "a.a-very-long-extension-that-fits-no-buffer", "a.html/"}) {
        CAPTURE(name);
        CHECK(content_type(name) == files::unknown_media_type);
    }
}

TEST_CASE("the table agrees with Debian's, save where we know better")
{
    std::ifstream file("/etc/mime.types");
    if (!file) {
        WARN("not compared: /etc/mime.types (package media-types) is not installed");
        return;
    }
    std::map<std::string, std::set<std::string>> known;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string type;
        words >> type;
        if (type.starts_with('#'))
            continue;
        for (std::string extension; words >> extension;) {
            std::transform(extension.begin(), extension.end(), extension.begin(), to_lower);
            known[extension].insert(type);
        }
    }
    const std::set<std::string_view> ours = {
        "3mf", // registered since as model/3mf
        "exe", // registered as vnd.microsoft.portable-executable
        "mid", // SP-MIDI is a rarity
        "pem", // may as well be a key
        "rb",  // text, so that it can be read
        "rs",  // Rust
        "rss", // what feeds declare
        "rst", // reStructuredText
        "tgz", // no less gzip than .tar.gz
        "ts",  // MPEG transport stream
    };
    for (const auto& [extension, type] : files::media_types()) {
        auto theirs = known.find(std::string(extension));
        if (theirs == known.end() || ours.contains(extension))
            continue;
        CAPTURE(extension, type);
        CHECK(theirs->second.contains(std::string(type.substr(0, type.find(';')))));
    }
}
