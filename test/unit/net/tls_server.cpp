#include "pier/net/tls_server.hpp"

#include "pier/ops/exit.hpp"
#include "pier/ops/file_change.hpp"
#include "tls_files.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <fstream>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/stat.h>
#include <thread>
#include <utility>

using namespace pier::net;
using Catch::Matchers::Contains;

namespace {

/// A client that believes everything.
struct client {
    ssl_context_ptr context{SSL_CTX_new(TLS_client_method())};
    std::string name = "localhost";
    std::string protocols; ///< as they stand in the extension
    std::shared_ptr<SSL_SESSION> session;
};

struct handshake {
    bool done = false;
    std::string name; ///< the first of the certificate that was shown
    std::string version, cipher, protocol;
    int key = 0; ///< its kind
    bool resumed = false;
    unsigned long client_error = 0, server_error = 0;
    unsigned tickets = 0;
    std::shared_ptr<SSL_SESSION> session; ///< for the next one
};

bool step(SSL* one, unsigned long& error)
{
    ERR_clear_error();
    int result = SSL_do_handshake(one);
    if (result == 1)
        return true;
    if (SSL_get_error(one, result) != SSL_ERROR_WANT_READ && error == 0)
        error = static_cast<unsigned long>(ERR_GET_REASON(ERR_peek_error()));
    return false;
}

unsigned tickets_seen = 0;
std::shared_ptr<SSL_SESSION> last_session;

int take_session(SSL*, SSL_SESSION* fresh)
{
    ++tickets_seen;
    last_session.reset(fresh, SSL_SESSION_free);
    return 1;
}

void describe(handshake& result, SSL* at_client)
{
    result.version = SSL_get_version(at_client);
    result.cipher = SSL_get_cipher(at_client);
    result.resumed = SSL_session_reused(at_client) == 1;
    const unsigned char* chosen = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(at_client, &chosen, &size);
    result.protocol.assign(reinterpret_cast<const char*>(chosen), size);
    X509* shown = SSL_get0_peer_certificate(at_client);
    auto* names =
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(shown, NID_subject_alt_name, nullptr, nullptr));
    if (names)
        result.name =
            reinterpret_cast<const char*>(ASN1_STRING_get0_data(sk_GENERAL_NAME_value(names, 0)->d.dNSName));
    GENERAL_NAMES_free(names);
    result.key = EVP_PKEY_get_base_id(X509_get0_pubkey(shown));
}

handshake shake(const tls_server& server, const client& who)
{
    handshake result;
    ssl_ptr here = server.open(), there(SSL_new(who.context.get()));
    SSL_CTX_set_session_cache_mode(who.context.get(), SSL_SESS_CACHE_CLIENT);
    SSL_CTX_sess_set_new_cb(who.context.get(), take_session);
    tickets_seen = 0;
    last_session.reset();
    BIO *left = nullptr, *right = nullptr;
    BIO_new_bio_pair(&left, 0, &right, 0);
    SSL_set_bio(here.get(), left, left);
    SSL_set_bio(there.get(), right, right);
    SSL_set_connect_state(there.get());
    if (!who.name.empty())
        SSL_set_tlsext_host_name(there.get(), who.name.c_str());
    if (!who.protocols.empty())
        SSL_set_alpn_protos(there.get(), reinterpret_cast<const unsigned char*>(who.protocols.data()),
                            static_cast<unsigned>(who.protocols.size()));
    if (who.session)
        SSL_set_session(there.get(), who.session.get());
    bool a = false, b = false;
    for (int turns = 0; turns < 10 && !(a && b); ++turns) {
        a = a || step(there.get(), result.client_error);
        b = b || step(here.get(), result.server_error);
    }
    result.done = a && b;
    if (!result.done)
        return result;
    char nothing = 0;
    SSL_read(there.get(), &nothing, 1); // tickets of TLS 1.3 come after
    describe(result, there.get());
    result.tickets = tickets_seen;
    result.session = std::exchange(last_session, nullptr);
    SSL_shutdown(there.get()); // so that its session may be used again
    return result;
}

tls_server_config of(std::vector<tls_certificate_files> files)
{
    tls_server_config config;
    config.certificates = std::move(files);
    config.protocols = {"http/1.1"};
    return config;
}

void look_often(tls_server& at)
{
    for (int i = 0; i < 4; ++i)
        at.look();
}

} // namespace

TEST_CASE("TLS 1.2 and 1.3, and nothing older")
{
    temporary_folder folder;
    auto server = tls_server::make(of({write(folder, "a", make({}))}));
    client who;
    SECTION("1.3")
    {
        auto got = shake(*server, who);
        CHECK(got.version == "TLSv1.3");
        CHECK(got.cipher == "TLS_AES_128_GCM_SHA256"); // ours comes first
    }
    SECTION("1.2")
    {
        SSL_CTX_set_max_proto_version(who.context.get(), TLS1_2_VERSION);
        auto got = shake(*server, who);
        CHECK(got.version == "TLSv1.2");
        CHECK(got.cipher == "ECDHE-ECDSA-AES128-GCM-SHA256");
    }
    SECTION("1.1")
    {
        SSL_CTX_set_security_level(who.context.get(), 0);
        SSL_CTX_set_min_proto_version(who.context.get(), TLS1_VERSION);
        SSL_CTX_set_max_proto_version(who.context.get(), TLS1_1_VERSION);
        auto got = shake(*server, who);
        CHECK_FALSE(got.done);
        CHECK(got.client_error == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION);
    }
    SECTION("ciphers without forward secrecy")
    {
        SSL_CTX_set_max_proto_version(who.context.get(), TLS1_2_VERSION);
        SSL_CTX_set_cipher_list(who.context.get(), "AES128-GCM-SHA256:AES128-SHA:ECDHE-ECDSA-AES128-SHA");
        auto got = shake(*server, who);
        CHECK_FALSE(got.done);
        CHECK(got.server_error == SSL_R_NO_SHARED_CIPHER);
    }
}

TEST_CASE("certificates are chosen by name, and by what the client can use")
{
    temporary_folder folder;
    auto server =
        tls_server::make(of({write(folder, "a", make({.names = "DNS:one.example"})),
                             write(folder, "b", make({.names = "DNS:two.example,DNS:*.two.example"})),
                             write(folder, "c", make({.names = "DNS:one.example", .key = "RSA"}))}));
    auto shown = [&](const std::string& name, bool rsa_alone = false) {
        client who;
        who.name = name;
        if (rsa_alone)
            SSL_CTX_set1_sigalgs_list(who.context.get(), "RSA-PSS+SHA256");
        return shake(*server, who);
    };
    CHECK(shown("one.example").name == "one.example");
    CHECK(shown("two.example").name == "two.example");
    CHECK(shown("mail.TWO.example").name == "two.example");
    CHECK(shown("else.example").name == "one.example");
    CHECK(shown("").name == "one.example");
    CHECK(shown("one.example").key == EVP_PKEY_EC);
    CHECK(shown("one.example", true).key == EVP_PKEY_RSA);
    CHECK_FALSE(shown("two.example", true).done); // that one has but ECDSA
}

TEST_CASE("who offers protocols, but not ours, is told so")
{
    temporary_folder folder;
    auto files = write(folder, "a", make({}));
    client who;
    auto server = tls_server::make(of({files}));
    SECTION("ours among others")
    {
        who.protocols = "\x02h2\x08http/1.1";
        CHECK(shake(*server, who).protocol == "http/1.1");
    }
    SECTION("none offered")
    {
        auto got = shake(*server, who);
        CHECK(got.done);
        CHECK(got.protocol.empty());
    }
    SECTION("others alone")
    {
        who.protocols = "\x02h2\x08http/1.0";
        auto got = shake(*server, who);
        CHECK_FALSE(got.done);
        CHECK(got.client_error == SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL);
    }
    SECTION("a service without a name passes over what is offered")
    {
        auto config = of({files});
        config.protocols.clear();
        who.protocols = "\x02h2";
        CHECK(shake(*tls_server::make(config), who).done);
    }
}

TEST_CASE("a session is taken up again by its ticket")
{
    temporary_folder folder;
    auto files = write(folder, "a", make({}));
    auto other = write(folder, "b", make({.names = "DNS:two.example"}));
    auto server = tls_server::make(of({files, other}));
    client who;
    int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    std::string name = GENERATE("localhost", "two.example");
    CAPTURE(version, name);
    who.name = name;
    SSL_CTX_set_min_proto_version(who.context.get(), version);
    SSL_CTX_set_max_proto_version(who.context.get(), version);
    auto first = shake(*server, who);
    CHECK_FALSE(first.resumed);
    CHECK(first.tickets == 1);
    REQUIRE(first.session);
    CHECK(SSL_SESSION_get_max_early_data(first.session.get()) == 0);
    CHECK(SSL_SESSION_get_ticket_lifetime_hint(first.session.get()) == 12 * 3600);
    who.session = first.session;

    SECTION("here")
    {
        auto again = shake(*server, who);
        CHECK(again.resumed);
        CHECK(again.tickets == (version == TLS1_3_VERSION ? 1 : 0)); // RFC 8446 C.4: a ticket is used once
    }
    SECTION("here, after the certificates were loaded anew")
    {
        server->reload();
        auto again = shake(*server, who);
        CHECK(again.resumed);
    }
    SECTION("not at another server, which has other keys")
    {
        auto again = shake(*tls_server::make(of({files, other})), who);
        CHECK(again.done);
        CHECK_FALSE(again.resumed);
    }
}

TEST_CASE("SIGHUP loads what is there, or keeps what was there")
{
    temporary_folder folder;
    auto files = write(folder, "a", make({.names = "DNS:old.example"}));
    auto server = tls_server::make(of({files}));
    client who;
    CHECK(shake(*server, who).name == "old.example");
    auto older = server->open(); // a connection on its way

    write(folder, "a", make({.names = "DNS:new.example"}));
    server->reload();
    CHECK(shake(*server, who).name == "new.example");
    CHECK(server->report().reloads == 1);
    CHECK(server->report().certificates.at(0).name == "new.example");

    folder.write("a.pem", pem(make({}).certificate));
    CHECK_THROWS_WITH(server->reload(),
                      Contains("a.pem: the private key in") && Contains("another certificate"));
    CHECK(shake(*server, who).name == "new.example");
    std::filesystem::remove(files.key);
    CHECK_THROWS_WITH(server->reload(), Contains("a.key: cannot be read"));
    CHECK(shake(*server, who).name == "new.example");
    CHECK(server->report().reloads == 1);
    CHECK(server->report().reloads_refused == 2);
}

TEST_CASE("what has changed is found by looking")
{
    temporary_folder folder;
    // As certbot keeps them: live/NAME/*.pem lead to archive/NAME/*1.pem.
    auto issue = [&](const char* number, const char* name) {
        auto made = make({.names = name});
        folder.write(std::string("archive/fullchain") + number + ".pem", pem(made.certificate));
        folder.write(std::string("archive/privkey") + number + ".pem", pem(made.key));
    };
    auto lead = [&](const std::string& name, const std::string& number) {
        auto link = folder / ("live/" + name + ".pem");
        std::filesystem::create_directories(folder / "live");
        std::filesystem::remove(link);
        std::filesystem::create_symlink("../archive/" + name + number + ".pem", link);
    };
    issue("1", "DNS:first.example");
    lead("fullchain", "1");
    lead("privkey", "1");
    auto server = tls_server::make(of({{folder / "live/fullchain.pem", folder / "live/privkey.pem"}}));
    client who;
    look_often(*server);
    CHECK(server->report().reloads == 0);

    SECTION("certbot renews: one link, then the other")
    {
        issue("2", "DNS:second.example");
        lead("privkey", "2");
        look_often(*server); // half of it
        CHECK(shake(*server, who).name == "first.example");
        CHECK(server->report().reloads_refused == 0);
        lead("fullchain", "2");
        look_often(*server);
        CHECK(shake(*server, who).name == "second.example");
        CHECK(server->report().reloads == 1);
    }
    SECTION("what stays bad is counted once, and what was there stays")
    {
        folder.write("archive/fullchain1.pem", "half of a certi");
        look_often(*server);
        CHECK(server->report().reloads_refused == 0);
        look_often(*server);
        look_often(*server);
        CHECK(server->report().reloads_refused == 1);
        CHECK(shake(*server, who).name == "first.example");
    }
}

TEST_CASE("a self-signed certificate is for the names that are wanted")
{
    tls_server_config config;
    config.self_signed = true;
    config.self_names = {"localhost", "127.0.0.1"};
    auto server = tls_server::make(config);
    server->start();
    client who;
    auto got = shake(*server, who);
    CHECK(got.name == "localhost");
    CHECK(got.key == EVP_PKEY_EC);
    auto before = server->report().certificates.at(0);
    CHECK(before.file.empty());
    server->reload(); // there is nothing to load
    look_often(*server);
    CHECK(server->report().certificates.at(0).fingerprint == before.fingerprint);
}

TEST_CASE("the secrets of connections go to the key log, and only if there is one")
{
    temporary_folder folder;
    auto config = of({write(folder, "a", make({}))});
    config.keylog = folder / "keys";
    client who;
    SECTION("as lines, for nobody else's eyes")
    {
        ::umask(0);
        auto server = tls_server::make(config);
        CHECK_FALSE(std::filesystem::exists(config.keylog)); // not before it starts
        server->start();
        shake(*server, who);
        struct stat found{};
        REQUIRE(::stat(config.keylog.c_str(), &found) == 0);
        CHECK((found.st_mode & 0777) == 0600);
        std::ifstream lines(config.keylog);
        std::string all((std::istreambuf_iterator<char>(lines)), {});
        CHECK_THAT(all, Contains("CLIENT_TRAFFIC_SECRET_0 ") && Contains("SERVER_TRAFFIC_SECRET_0 "));
        CHECK(all.ends_with('\n'));
        ::umask(022);
    }
    SECTION("no link is followed, no device is written to, no directory")
    {
        std::filesystem::create_symlink("elsewhere", config.keylog);
        CHECK_THROWS_WITH(tls_server::make(config)->start(), Contains("is a symbolic link"));
        CHECK_FALSE(std::filesystem::exists(folder / "elsewhere"));
        config.keylog = "/dev/null";
        CHECK_THROWS_WITH(tls_server::make(config)->start(), Contains("no regular file"));
        config.keylog = folder.path();
        CHECK_THROWS_WITH(tls_server::make(config)->start(), Contains("cannot be written"));
        std::filesystem::remove(folder / "keys");
        folder.write("twice", "");
        std::filesystem::create_hard_link(folder / "twice", folder / "keys");
        config.keylog = folder / "keys";
        CHECK_THROWS_WITH(tls_server::make(config)->start(), Contains("somebody else as well"));
    }
}

TEST_CASE("what cannot be presented is refused at start")
{
    temporary_folder folder;
    CHECK_THROWS_WITH(tls_server::make({}), Contains("--tls-cert FILE, or --tls self"));
    auto files = write(folder, "a", make({.key = "RSA-1024"}));
    CHECK_THROWS_WITH(tls_server::make(of({files})), Contains("a.pem: cannot be used: its key is too short"));
    auto both = of({files});
    both.self_signed = true;
    CHECK_THROWS_WITH(tls_server::make(both), Contains("contradict"));
}

TEST_CASE("connections are opened while certificates are loaded anew")
{
    temporary_folder folder;
    auto server = tls_server::make(of({write(folder, "a", make({}))}));
    std::atomic<bool> over = false;
    std::vector<std::thread> threads;
    std::atomic<unsigned> opened{0};
    for (int i = 0; i < 3; ++i)
        threads.emplace_back([&] {
            while (!over)
                opened += server->open() != nullptr;
        });
    for (int i = 0; i < 20; ++i)
        server->reload();
    over = true;
    for (auto& t : threads)
        t.join();
    CHECK(opened > 0);
    CHECK(server->report().reloads == 20);
}
