#include "pier/net/tls_client.hpp"

#include "../temporary_folder.hpp"
#include "pier/net/tls_certificate.hpp"
#include "pier/ops/exit.hpp"
#include "tls_pair.hpp"

#include <cstdio>

using namespace pier::net;
using Catch::Matchers::Contains;

namespace {

std::string pem_of(const tls_pair::identity& who)
{
    BIO* memory = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(memory, who.certificate);
    char* text = nullptr;
    long size = BIO_get_mem_data(memory, &text);
    std::string pem(text, static_cast<std::size_t>(size));
    BIO_free(memory);
    return pem;
}

std::string pin_of(const tls_pair::identity& who)
{
    tls_certificate c;
    X509_up_ref(who.certificate);
    c.own.reset(who.certificate);
    c.key.reset(X509_get_pubkey(who.certificate));
    describe(c, {});
    return c.report.pin;
}

struct meeting {
    tls_engine client, server;

    meeting(tls_client& by, const ssl_context_ptr& of, const std::string& host = "localhost",
            int version = TLS1_3_VERSION)
        : client(by.open(host, 443)), server(tls_pair::open(of, true, version))
    {
    }

    /// Until both have ended their handshake or one has failed.
    bool agree()
    {
        auto c = tls_step::wants_read, s = tls_step::wants_read;
        for (int turns = 0; turns < 10 && c != tls_step::failed && s != tls_step::failed; ++turns) {
            if (!client.established())
                c = client.handshake();
            tls_pair::give(server, tls_pair::take(client));
            if (!server.established())
                s = server.handshake();
            tls_pair::give(client, tls_pair::take(server));
        }
        if (c == tls_step::done)
            tls_pair::read(client); // the tickets
        else
            client.handshake(); // the alert
        return c == tls_step::done && s == tls_step::done;
    }
};

struct trusting {
    temporary_folder folder;
    tls_client_config config;

    explicit trusting(const tls_pair::identity& who)
    {
        folder.write("ca.pem", pem_of(who));
        config.ca_file = (folder / "ca.pem").string();
    }
};

std::string complaint(const tls_client_config& config, const tls_pair::identity& server,
                      const std::string& host = "localhost")
{
    auto by = tls_client::make(config);
    auto of = tls_pair::server_context(server);
    meeting m(*by, of, host);
    REQUIRE_FALSE(m.agree());
    return explain_tls(m.client);
}

} // namespace

TEST_CASE("a client takes whom it trusts, by its name, and knows the session again")
{
    for (int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        trusting t(tls_pair::localhost());
        auto by = tls_client::make(t.config);
        auto of = tls_pair::server_context();
        for (int time = 0; time < 4; ++time) {
            meeting m(*by, of, time < 2 ? "localhost" : "localhost.", version);
            REQUIRE(m.agree());
            CHECK(m.client.facts().resumed == (time % 2 == 1));
            if (time % 2 == 0) // a resumed one tells by a callback of the server's alone
                CHECK(m.server.facts().server_name == "localhost");
        }
    }
}

TEST_CASE("whom nobody has signed, or who is called otherwise, is refused with a sentence that helps")
{
    tls_pair::identity old("localhost", -3600), other("example.org");
    const auto& own = tls_pair::localhost();
    CHECK_THAT(complaint({}, own),
               Contains("--ca FILE") && Contains("signed by itself") && Contains(pin_of(own)));
    CHECK_THAT(complaint(trusting(other).config, other), Contains("is for example.org, not for localhost"));
    CHECK_THAT(complaint(trusting(own).config, own, "127.0.0.1"),
               Contains("is for localhost, not for 127.0.0.1"));
    CHECK_THAT(complaint(trusting(old).config, old), Contains("has expired") && Contains("clock"));
}

TEST_CASE("an insecure client takes anybody, but not with another key than the one that is pinned")
{
    tls_client_config config;
    config.insecure = true;
    tls_pair::identity other("example.org");
    auto of = tls_pair::server_context(other);
    CHECK(meeting(*tls_client::make(config), of).agree());
    CHECK(add_pin(config, pin_of(other)).empty());
    CHECK(meeting(*tls_client::make(config), of).agree());
    config.pins.clear();
    CHECK(add_pin(config, pin_of(tls_pair::localhost())).empty());
    CHECK_THAT(complaint(config, other), Contains("--pin") && Contains(pin_of(other)));
}

TEST_CASE("pins are for whom is trusted, too")
{
    trusting t(tls_pair::localhost());
    CHECK(add_pin(t.config, pin_of(tls_pair::localhost())).empty());
    auto of = tls_pair::server_context();
    CHECK(meeting(*tls_client::make(t.config), of).agree());
    t.config.pins = {"sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="};
    CHECK_FALSE(meeting(*tls_client::make(t.config), of).agree());
}

TEST_CASE("a pin is the SHA-256 of a key in Base64")
{
    tls_client_config config;
    for (const char* wrong :
         {"", "sha256//", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
          "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "sha256//AAAA",
          "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAA!AAAAAAAAAAAAA=", "sha1//AAAAAAAAAAAAAAAAAAAAAAAAAAA="})
        CHECK_FALSE(add_pin(config, wrong).empty());
    CHECK(config.pins.empty());
}

TEST_CASE("a client that is not to speak TLS 1.2 says so when that is all the server has")
{
    trusting t(tls_pair::localhost());
    t.config.tls12 = false;
    auto by = tls_client::make(t.config);
    auto of = tls_pair::server_context();
    meeting m(*by, of, "localhost", TLS1_2_VERSION);
    CHECK_FALSE(m.agree());
    CHECK_THAT(explain_tls(m.client), Contains("in common"));
}

TEST_CASE("a file of authorities that cannot be read is an error that names it")
{
    tls_client_config config;
    config.ca_file = "/nonexistent/ca.pem";
    CHECK_THROWS_WITH(tls_client::make(config), Contains("/nonexistent/ca.pem") && Contains("--ca"));
}

TEST_CASE("secrets go to the file that was named")
{
    trusting t(tls_pair::localhost());
    t.config.keylog_file = (t.folder / "keys").string();
    auto by = tls_client::make(t.config);
    auto of = tls_pair::server_context();
    REQUIRE(meeting(*by, of).agree());
    std::FILE* file = std::fopen(t.config.keylog_file.c_str(), "r");
    REQUIRE(file);
    char line[100] = {};
    CHECK(std::fgets(line, sizeof line, file));
    std::fclose(file);
    CHECK_THAT(std::string(line), Contains("SECRET"));
}
