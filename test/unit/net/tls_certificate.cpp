#include "pier/net/tls_certificate.hpp"

#include "pier/ops/exit.hpp"
#include "tls_files.hpp"

#include <catch2/catch.hpp>

#include <ctime>

using namespace pier::net;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

struct outcome {
    tls_certificate certificate;
    std::vector<std::string> warnings;
    std::string refusal;
};

outcome load(const tls_certificate_files& files)
{
    outcome result;
    try {
        result.certificate = load_certificate(files, std::time(nullptr), result.warnings);
    } catch (const pier::ops::fatal& e) {
        result.refusal = e.what();
    }
    return result;
}

} // namespace

TEST_CASE("a certificate and its key")
{
    temporary_folder folder;
    auto made = make({.names = "DNS:example.com,DNS:*.example.com,IP:192.0.2.1,IP:2001:db8::1"});
    auto files = write(folder, "a", made);
    SECTION("in two files") {}
    SECTION("in one")
    {
        folder.write("both.pem", pem(made.key) + "a comment\n" + pem(made.certificate));
        files = {folder / "both.pem", ""};
    }
    auto got = load(files);
    CHECK(got.refusal.empty());
    CHECK(got.certificate.names == std::vector<std::string>{"example.com", "*.example.com"});
    CHECK(got.certificate.addresses == std::vector<std::string>{"192.0.2.1", "2001:db8::1"});
    CHECK(got.certificate.report.name == "example.com");
    CHECK(got.certificate.report.key_type == "ECDSA");
    CHECK(got.certificate.report.fingerprint.size() == 32 * 3 - 1);
    CHECK_THAT(got.certificate.report.pin, StartsWith("sha256//"));
    CHECK(got.certificate.report.pin.size() == 8 + 44);
    CHECK(got.certificate.not_after - std::time(nullptr) > 89 * 24 * 3600);
    if (!files.key.empty())
        CHECK(got.warnings.empty());
}

TEST_CASE("files that cannot be used are named, and what helps")
{
    temporary_folder folder;
    auto a = make({}), b = make({});
    auto files = write(folder, "a", a);
    auto other = write(folder, "b", b);
    folder.write("empty", "");
    folder.write("noise", std::string("\0\x30\x82PK", 6));
    auto refusal = [&](const std::string& certificate, const std::string& key) {
        return load({certificate, key}).refusal;
    };
    CHECK_THAT(refusal(folder / "none", files.key), Contains("none: cannot be read: No such file"));
    CHECK_THAT(refusal(files.certificate, folder / "none"), Contains("none: cannot be read: No such file"));
    CHECK_THAT(refusal(folder.path(), files.key), Contains("cannot be read: Is a directory"));
    CHECK_THAT(refusal(folder / "empty", files.key), Contains("no certificate in PEM form"));
    CHECK_THAT(refusal(folder / "noise", files.key), Contains("openssl x509 -inform DER"));
    CHECK_THAT(refusal(files.certificate, folder / "noise"), Contains("openssl pkey -inform DER"));
    CHECK_THAT(refusal(files.certificate, ""), Contains("a.pem: holds no private key; --tls-key"));
    CHECK_THAT(refusal(files.key, files.certificate), Contains("a.key: holds no certificate"));
    CHECK_THAT(refusal(files.certificate, other.key),
               Contains("a.pem: the private key in ") && Contains("b.key belongs to another certificate"));

    folder.write("locked.key", pem(a.key, "secret"));
    CHECK_THAT(refusal(files.certificate, folder / "locked.key"),
               Contains("locked.key: this private key is encrypted") && Contains("openssl pkey -in"));

    std::string cut = pem(a.certificate);
    folder.write("cut", cut.substr(0, cut.size() / 2));
    CHECK_THAT(refusal(folder / "cut", files.key), Contains("certificate 1 cannot be read"));
    folder.write("cut2", cut + cut.substr(0, cut.size() / 2));
    CHECK_THAT(refusal(folder / "cut2", files.key), Contains("certificate 2 cannot be read"));
    folder.write("long", std::string(largest_pem + 1, 'x'));
    CHECK_THAT(refusal(folder / "long", files.key), Contains("too long"));
    std::string many;
    for (std::size_t i = 0; i < longest_chain + 2; ++i)
        many += cut;
    folder.write("many", many);
    CHECK_THAT(refusal(folder / "many", files.key), Contains("more than 17 certificates"));
}

TEST_CASE("a chain begins with the server's own certificate")
{
    temporary_folder folder;
    auto root = make({.names = ""});
    auto middle = make({.names = "", .by = &root});
    auto own = make({.by = &middle});
    write(folder, "a", own);
    auto with = [&](std::initializer_list<const x509_ptr*> certificates) {
        std::string text;
        for (const x509_ptr* c : certificates)
            text += pem(*c);
        folder.write("chain.pem", text);
        return load({folder / "chain.pem", folder / "a.key"});
    };
    auto good = with({&own.certificate, &middle.certificate, &root.certificate});
    CHECK(good.refusal.empty());
    CHECK(good.warnings.empty());
    CHECK(good.certificate.chain.size() == 2);
    CHECK_THAT(with({&middle.certificate, &own.certificate}).refusal,
               Contains("the server's own certificate must stand first, here it is number 2"));
    auto swapped = with({&own.certificate, &root.certificate, &middle.certificate});
    REQUIRE(swapped.warnings.size() == 1);
    CHECK_THAT(swapped.warnings[0], Contains("chain.pem: certificate 2 is not the issuer of number 1"));
}

TEST_CASE("what works but should not stay so is said")
{
    temporary_folder folder;
    constexpr long day = 24 * 3600;
    auto warnings = [&](const test_certificate& wanted) {
        return load(write(folder, "a", make(wanted))).warnings;
    };
    CHECK(warnings({}).empty());
    CHECK_THAT(warnings({.from = -2 * day, .to = -day}).at(0),
               Contains("a.pem: THIS CERTIFICATE HAS EXPIRED on 2"));
    CHECK_THAT(warnings({.from = day}).at(0), Contains("valid from") && Contains("clock"));
    CHECK_THAT(warnings({.to = 2 * day}).at(0), Contains("expires on"));
    CHECK_THAT(warnings({.names = ""}).at(0), Contains("no subjectAltName"));
    auto files = write(folder, "a", make({}));
    std::filesystem::permissions(files.key, std::filesystem::perms(0644));
    CHECK_THAT(load(files).warnings.at(0),
               Contains("a.key: everybody on this machine can read") && Contains("600"));
    std::filesystem::permissions(files.key, std::filesystem::perms(0640));
    CHECK(load(files).warnings.empty());
}

TEST_CASE("certbot's cert.pem lacks the chain that its fullchain.pem has")
{
    temporary_folder folder;
    auto root = make({});
    auto own = make({.by = &root});
    folder.write("cert.pem", pem(own.certificate));
    folder.write("privkey.pem", pem(own.key));
    std::filesystem::permissions(folder / "privkey.pem", std::filesystem::perms(0600));
    tls_certificate_files files{folder / "cert.pem", folder / "privkey.pem"};
    CHECK(load(files).warnings.empty());
    folder.write("fullchain.pem", pem(own.certificate) + pem(root.certificate));
    CHECK_THAT(load(files).warnings.at(0), Contains("use ") && Contains("fullchain.pem"));
}

TEST_CASE("a certificate that vouches for itself")
{
    auto now = std::time(nullptr);
    auto made = make_self_signed(
        {"localhost", "host.example", "127.0.0.1", "::1", "192.0.2.7", "bad,DNS:name", ""}, now, nullptr);
    CHECK(made.names == std::vector<std::string>{"localhost", "host.example"});
    CHECK(made.addresses == std::vector<std::string>{"127.0.0.1", "::1", "192.0.2.7"});
    CHECK(made.not_after - now == self_signed_seconds);
    CHECK(made.not_before < now);
    CHECK(X509_check_host(made.own.get(), "localhost", 0, 0, nullptr) == 1);
    CHECK(X509_check_ip_asc(made.own.get(), "127.0.0.1", 0) == 1);
    CHECK(X509_verify(made.own.get(), made.key.get()) == 1);

    SECTION("made anew with its key it keeps the pin, not the fingerprint")
    {
        auto later = make_self_signed({"localhost"}, now + 3600, made.key.get());
        CHECK(later.report.pin == made.report.pin);
        CHECK(later.report.fingerprint != made.report.fingerprint);
    }
    SECTION("another one has another key")
    {
        CHECK(make_self_signed({"localhost"}, now, nullptr).report.pin != made.report.pin);
    }
}
