#include "pier/net/tls_server.hpp"

#include "pier/net/tls_context.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/file_change.hpp"
#include "pier/ops/log.hpp"
#include "pier/ops/patience.hpp"

#include <ctime>
#include <mutex>
#include <openssl/ssl.h>
#include <utility>

namespace pier::net {

namespace {

constexpr std::chrono::milliseconds reload_wait{500};
constexpr std::size_t longest_protocol = 255;

std::int64_t unix_now()
{
    return std::time(nullptr);
}

/// What is presented from one load to the next.
struct presented {
    std::vector<tls_certificate> certificates;
    std::vector<std::string> warnings;
    ops::file_marks marks; ///< of the files, from before they were read
    ssl_context_ptr context;
};

/// What loading needs, by value: it may go on when nobody waits for it any more.
struct recipe {
    tls_server_config config;
    std::shared_ptr<tls_ticket_keys> tickets;
    std::shared_ptr<tls_keylog> keylog;

    std::vector<std::string> paths() const;
    std::shared_ptr<presented> load(EVP_PKEY* self_key = nullptr) const;
};

std::vector<std::string> recipe::paths() const
{
    std::vector<std::string> all;
    for (const tls_certificate_files& files : config.certificates)
        for (const std::string* path : {&files.certificate, &files.key})
            if (!path->empty())
                all.push_back(*path);
    return all;
}

std::shared_ptr<presented> recipe::load(EVP_PKEY* self_key) const
{
    auto result = std::make_shared<presented>();
    result->marks = ops::marks_of(paths());
    for (const tls_certificate_files& files : config.certificates)
        result->certificates.push_back(load_certificate(files, unix_now(), result->warnings));
    if (config.self_signed)
        result->certificates.push_back(make_self_signed(config.self_names, unix_now(), self_key));
    result->context = make_server_context(result->certificates, config.protocols, tickets, keylog);
    return result;
}

void warn(const presented& of)
{
    for (const std::string& sentence : of.warnings)
        ops::log(ops::level::warning, sentence);
}

/// At a level that an operator who wants it quiet still sees: without it nobody can tell us from an impostor.
void show_fingerprint(const presented& of)
{
    const tls_certificate_report& own = of.certificates.front().report;
    ops::log(ops::level::warning,
             "self-signed certificate: browsers will warn; compare its SHA-256 fingerprint " +
                 own.fingerprint);
    ops::log(ops::level::warning, "clients that know its key need no authority: pier-get -k --pin '" +
                                      own.pin + "', curl -k --pinnedpubkey '" + own.pin + "'");
}

bool expires_soon(const presented& of)
{
    return of.certificates.front().not_after - unix_now() < self_signed_seconds / 3;
}

} // namespace

struct tls_server::state {
    explicit state(recipe what) : made_by(std::move(what)), change({}) {}

    void put_in_force(std::shared_ptr<const presented> fresh, bool first);
    std::shared_ptr<const presented> current() const;
    void load_changed();
    void renew_self_signed();

    const recipe made_by;
    bool started = false;
    mutable std::mutex mutex; ///< of what follows
    std::shared_ptr<const presented> in_force;
    ops::file_change change;
    std::string trouble; ///< why what is there now cannot be used
    std::uint64_t reloads = 0, reloads_refused = 0;
};

std::string tls_server_config::validate() const
{
    if (certificates.empty() && !self_signed)
        return "TLS needs a certificate: --tls-cert FILE, or --tls self for one made at start";
    if (!certificates.empty() && self_signed)
        return "--tls self and --tls-cert contradict each other: leave one out";
    if (handshake.count() <= 0 || ticket_rotation.count() <= 0)
        return "time-outs must be longer than nothing";
    for (const std::string& p : protocols)
        if (p.empty() || p.size() > longest_protocol)
            return "a protocol's name has between 1 and 255 bytes";
    return {};
}

std::shared_ptr<tls_server> tls_server::make(tls_server_config config)
{
    if (auto wrong = config.validate(); !wrong.empty())
        throw ops::fatal(ops::exit_usage, wrong);
    recipe made_by{std::move(config), nullptr, nullptr};
    made_by.tickets = std::make_shared<tls_ticket_keys>(made_by.config.ticket_rotation);
    if (!made_by.config.keylog.empty())
        made_by.keylog = std::make_shared<tls_keylog>(made_by.config.keylog);
    auto made = std::make_unique<state>(std::move(made_by));
    made->put_in_force(made->made_by.load(), true);
    return std::shared_ptr<tls_server>(new tls_server(std::move(made)));
}

tls_server::tls_server(std::unique_ptr<state> made) : state_(std::move(made)) {}

tls_server::~tls_server() = default;

std::shared_ptr<const presented> tls_server::state::current() const
{
    std::lock_guard lock(mutex);
    return in_force;
}

void tls_server::state::put_in_force(std::shared_ptr<const presented> fresh, bool first)
{
    warn(*fresh);
    std::lock_guard lock(mutex);
    change.loaded(fresh->marks);
    trouble.clear();
    reloads += first ? 0 : 1;
    in_force = std::move(fresh);
}

void tls_server::start()
{
    if (std::exchange(state_->started, true))
        return;
    if (state_->made_by.keylog)
        state_->made_by.keylog->open();
    if (state_->made_by.config.self_signed)
        show_fingerprint(*state_->current());
}

ssl_ptr tls_server::open() const
{
    ssl_ptr made(SSL_new(state_->current()->context.get()));
    if (made)
        SSL_set_accept_state(made.get());
    return made;
}

std::chrono::milliseconds tls_server::handshake_time() const
{
    return state_->made_by.config.handshake;
}

void tls_server::reload()
{
    if (state_->made_by.config.self_signed)
        return; // it is nowhere but in memory
    try {
        auto fresh = ops::finish_within(reload_wait, [what = state_->made_by] { return what.load(); });
        if (!fresh)
            throw ops::fatal(ops::exit_no_input, state_->made_by.config.certificates.front().certificate +
                                                     ": the disk does not answer");
        state_->put_in_force(std::move(*fresh), false);
    } catch (const ops::fatal&) {
        std::lock_guard lock(state_->mutex);
        ++state_->reloads_refused;
        throw;
    }
}

void tls_server::look()
{
    try {
        if (state_->made_by.config.self_signed)
            state_->renew_self_signed();
        else
            state_->load_changed();
    } catch (const std::exception& e) {
        ops::log(ops::level::error, std::string("certificates: ") + e.what());
    }
}

void tls_server::state::renew_self_signed()
{
    auto old = current();
    if (!expires_soon(*old))
        return;
    put_in_force(made_by.load(old->certificates.front().key.get()), false);
    show_fingerprint(*current());
}

void tls_server::state::load_changed()
{
    auto now = ops::marks_of(made_by.paths());
    ops::file_change::verdict verdict{};
    std::string complaint;
    {
        std::lock_guard lock(mutex);
        verdict = change.look(now);
        if (verdict == ops::file_change::verdict::complain) {
            ++reloads_refused;
            complaint = trouble;
        }
    }
    if (!complaint.empty())
        ops::log(ops::level::error,
                 "the certificates have changed and cannot be used, the old ones stay: " + complaint);
    if (verdict != ops::file_change::verdict::load)
        return;
    try {
        put_in_force(made_by.load(), false);
        ops::log(ops::level::info, "the certificates have changed: the new ones are in force");
    } catch (const ops::fatal& e) {
        std::lock_guard lock(mutex);
        trouble = e.what();
        change.failed();
    }
}

tls_server_report tls_server::report() const
{
    std::lock_guard lock(state_->mutex);
    tls_server_report result;
    for (const tls_certificate& c : state_->in_force->certificates)
        result.certificates.push_back(c.report);
    result.reloads = state_->reloads;
    result.reloads_refused = state_->reloads_refused;
    return result;
}

} // namespace pier::net
