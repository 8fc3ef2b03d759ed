#include "pier/http/htpasswd.hpp"

#include "pier/ops/exit.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <cstdio>
#include <memory>
#include <string>

using namespace pier::http;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

std::string complaint(const std::string& text, const htpasswd_limits& limits = {})
{
    try {
        htpasswd::parse(text, "users", limits);
    } catch (const pier::ops::fatal& error) {
        CHECK(error.code() == pier::ops::exit_config);
        return error.what();
    }
    return "";
}

std::string output_of(const std::string& command)
{
    std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"),
                                               [](FILE* f) { return pclose(f); });
    std::array<char, 512> buffer{};
    std::size_t size = fread(buffer.data(), 1, buffer.size(), pipe.get());
    std::string text(buffer.data(), size);
    while (text.ends_with('\n'))
        text.pop_back();
    return text;
}

// Of the password "geheim".
const std::string bcrypt = "$2y$04$0Rmqb6JQxIh.y5aMm0PMZuNEi.dEvJV9FLxIWsug5YfLSr4b8srw6";
const std::string sha512 =
    "$6$abcdefgh$msgktWxVAbjjh3X7lA5LaM7dS/ZfABJL6T4qcRsnjcOTj0kptUvZcrvrXIoO5fgPA9xz6UnF2To2Y7jGc/IZY/";

} // namespace

TEST_CASE("a password file")
{
    auto table = htpasswd::parse("# staff\r\n\r\nanna:" + bcrypt + "\r\n\njosé maria:" + sha512, "users");
    CHECK(table.size() == 2);
    CHECK(table.hash_for("anna") == bcrypt);
    CHECK(table.hash_for("josé maria") == sha512);
    CHECK(table.knows("anna"));
    CHECK_FALSE(table.knows("Anna"));
}

TEST_CASE("whoever does not exist costs as much, and has no password")
{
    auto table = htpasswd::parse("anna:" + bcrypt, "users");
    const std::string& hash = table.hash_for("nobody");
    CHECK(hash.substr(0, 29) == bcrypt.substr(0, 29)); // the same cost
    CHECK(hash != bcrypt);
    CHECK_FALSE(verify_password("geheim", hash));
}

TEST_CASE("what is wrong with a password file is said with its line")
{
    auto check_line = [](const std::string& line, const std::string& why) {
        auto said = complaint("# first\na:" + bcrypt + "\n" + line + "\n");
        CHECK_THAT(said, StartsWith("users:3: ") && Contains(why));
        return said;
    };
    CHECK_THAT(check_line("b:{SHA}0DPiKuNIrrVmD8IUCuw1hQxNqZc=", "SHA-1"), Contains("htpasswd -nB"));
    CHECK_THAT(check_line("b:$apr1$salt$0DPiKuNIrrVmD8IUCuw1hQ", "MD5"), Contains("htpasswd -nB"));
    auto plain = check_line("b:correct horse", "neither a bcrypt");
    CHECK_THAT(plain, Contains("htpasswd -nB") && !Contains("horse")); // it may be the password
    check_line("b:", "neither");
    check_line("b", "USER:HASH");
    check_line(":" + bcrypt, "USER:HASH");
    check_line("a:" + sha512, "already");
    check_line("b:" + bcrypt.substr(0, 59), "no whole bcrypt");
    check_line("b:" + bcrypt + "x", "no whole bcrypt");
    check_line("b:$2y$xx" + bcrypt.substr(6), "no whole bcrypt");
    check_line("b:$2y$32" + bcrypt.substr(6), "no whole bcrypt");
    check_line("b:$2y$17" + bcrypt.substr(6), "cost");
    check_line("b:" + sha512 + ":", "no whole SHA");
    check_line("b:$6$rounds=5000001$" + sha512.substr(3), "rounds");
    check_line("b:$6$rounds=x$" + sha512.substr(3), "no whole SHA");
    check_line("b:$6$rounds=5000", "no whole SHA");
    check_line("b:$5$abc$" + std::string(42, 'x'), "no whole SHA");
    check_line("b\x01:" + bcrypt, "control");
    check_line("b\xff:" + bcrypt, "UTF-8");
    check_line(std::string(600, 'u') + ":" + bcrypt, "512 bytes");
    CHECK_THAT(complaint(""), Contains("nobody"));
    CHECK_THAT(complaint("# nobody\n"), Contains("nobody"));
}

TEST_CASE("limits of a password file")
{
    std::string three = "a:" + bcrypt + "\nb:" + bcrypt + "\nc:" + bcrypt + "\n";
    CHECK(complaint(three, {.users = 3}).empty());
    CHECK_THAT(complaint(three, {.users = 2}), StartsWith("users:3: "));
    CHECK(complaint(three, {.file = three.size()}).empty());
    CHECK_THAT(complaint(three, {.file = three.size() - 1}), Contains("bytes"));
    CHECK(complaint("b:$2y$16" + bcrypt.substr(6)).empty());
}

TEST_CASE("passwords are verified")
{
    for (const auto& hash : {bcrypt, sha512, "$2b$" + bcrypt.substr(4)}) {
        CAPTURE(hash);
        CHECK(verify_password("geheim", hash));
        CHECK_FALSE(verify_password("geheiM", hash));
        CHECK_FALSE(verify_password("", hash));
        CHECK_FALSE(verify_password(std::string("geheim\0x", 8), hash));
    }
    CHECK_FALSE(verify_password("geheim", "*0"));
    CHECK_FALSE(verify_password("geheim", ""));
}

TEST_CASE("what other programs write")
{
    // htpasswd(1) of apache2-utils and Python's crypt, the tools that people use.
    auto bcrypt_line = output_of("htpasswd -bnB -C 5 'anna' 'päss:wörd'");
    REQUIRE_THAT(bcrypt_line, StartsWith("anna:$2y$05$"));
    auto table = htpasswd::parse(bcrypt_line, "users");
    CHECK(verify_password("päss:wörd", table.hash_for("anna")));
    for (std::string method : {"METHOD_SHA512", "METHOD_SHA256", "METHOD_BLOWFISH"}) {
        CAPTURE(method);
        auto hash =
            output_of("/usr/bin/python3 -W ignore -c \"import crypt; print(crypt.crypt('open sesame', "
                      "crypt.mksalt(crypt." +
                      method + ", rounds=" + (method == "METHOD_BLOWFISH" ? "16" : "1000") + ")))\"");
        table = htpasswd::parse("b:" + hash, "users");
        CHECK(verify_password("open sesame", table.hash_for("b")));
        CHECK_FALSE(verify_password("open sesamE", table.hash_for("b")));
    }
}

TEST_CASE("a comparison in constant time compares")
{
    CHECK(equal_in_constant_time("", ""));
    CHECK(equal_in_constant_time("abc", "abc"));
    CHECK_FALSE(equal_in_constant_time("abc", "abd"));
    CHECK_FALSE(equal_in_constant_time("xbc", "abc"));
    CHECK_FALSE(equal_in_constant_time("abc", "abcd"));
}

TEST_CASE("credentials of Basic authentication")
{
    auto found = parse_basic("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="); // RFC 7617 2
    REQUIRE(found);
    CHECK(found->user == "Aladdin");
    CHECK(found->password == "open sesame");
    found = parse_basic("bAsIc  dGVzdDoxMjPCow=="); // RFC 7617 2.1
    REQUIRE(found);
    CHECK(found->user == "test");
    CHECK(found->password == "123£");
    found = parse_basic("Basic Og==");
    REQUIRE(found);
    CHECK(found->user.empty());
    found = parse_basic("Basic YTpiOmM="); // a:b:c
    REQUIRE(found);
    CHECK(found->password == "b:c");
}

TEST_CASE("what is no Basic authentication")
{
    for (auto bad : {"",
                     "Basic",
                     "Basic ",
                     "BasicOg==",
                     "Basic\tOg==",
                     "Bearer Og==",
                     "Basic Og=",
                     "Basic Og",
                     "Basic Og===",
                     "Basic Oh==" /* bits left over */,
                     "Basic O=g=",
                     "Basic Og== ",
                     "Basic O*==",
                     "Basic YWI=" /* ab */,
                     "Basic YTr/" /* no UTF-8 */,
                     "Basic YTrAgA==" /* overlong */,
                     "Basic YTrtoIA=" /* surrogate */,
                     "Basic YTpiAA==" /* NUL */,
                     "Basic YQo6Yg==" /* LF */,
                     "Basic YTrD" /* cut short */}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_basic(bad));
    }
}
