#include "pier/ops/secret_file.hpp"

#include "../temporary_folder.hpp"
#include "pier/ops/exit.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace pier::ops;

namespace {

struct refused {
    exit_code code = exit_ok;
    std::string why;
};

refused load(const std::string& path)
{
    try {
        load_secret_line(path, "token");
        return {};
    } catch (const fatal& e) {
        return {e.code(), e.what()};
    }
}

} // namespace

TEST_CASE("A secret is one line of a file that is nobody else's", "[ops][secret]")
{
    namespace fs = std::filesystem;
    temporary_folder folder;
    const std::string path = folder / "token";
    auto write = [&](std::string_view text, unsigned mode = 0600) {
        folder.write("token", text);
        fs::permissions(path, fs::perms(mode));
    };
    for (auto text : {"s3cret", "s3cret\n", "s3cret\r\n"}) {
        write(text);
        CHECK(load_secret_line(path, "token") == "s3cret");
    }
    write("s3cret", 0640);
    CHECK(load_secret_line(path, "token") == "s3cret");
    for (auto text : {"", "\n", "a b", "a\nb", "a\n\n", "a\x7f"}) {
        write(text);
        CHECK(load(path).code == exit_config);
    }
    write(std::string(4096, 'x'));
    CHECK(load(path).code == exit_ok);
    write(std::string(4097, 'x'));
    CHECK(load(path).code == exit_config);
    for (unsigned mode : {0644u, 0602u, 0660u, 0601u}) {
        write("s3cret", mode);
        CHECK(load(path).code == exit_no_permission);
        CHECK(load(path).why == path + ": others can read or change this token; say: chmod 600 FILE");
    }
    CHECK(load(folder / "none").code == exit_no_input);
    CHECK(load(folder.path()).code == exit_no_input);
}
