#include "pier/http/authenticator.hpp"

#include "pier/net/blocking_pool.hpp"
#include "pier/net/shard.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/patience.hpp"

#include <cerrno>
#include <strings.h>
#include <sys/random.h>
#include <system_error>
#include <utility>

namespace pier::http {

namespace {

constexpr std::chrono::milliseconds reload_wait{500};

std::array<siphash_key, 2> random_keys()
{
    std::array<siphash_key, 2> keys{};
    if (::getrandom(keys.data(), sizeof keys, 0) !=
        static_cast<ssize_t>(sizeof keys)) // whole up to 256 bytes
        throw std::system_error(errno, std::generic_category(), "getrandom");
    return keys;
}

/// Counts itself out, also when its coroutine is destroyed while it waits.
class verification {
public:
    explicit verification(std::shared_ptr<password_file> users) : users_(std::move(users)) {}
    verification(const verification&) = delete;
    verification& operator=(const verification&) = delete;
    ~verification() { users_->end_verification(); }

private:
    std::shared_ptr<password_file> users_;
};

/// What a verification works on, kept by the work itself: its coroutine may be gone before it ends.
struct verification_job {
    credentials who;
    std::shared_ptr<const htpasswd> table;
    bool right = false;

    ~verification_job() { ::explicit_bzero(who.password.data(), who.password.size()); }
    void run() { right = verify_password(who.password, table->hash_for(who.user)) && table->knows(who.user); }
};

} // namespace

std::string authenticator_config::validate() const
{
    for (char c : realm)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '"' || c == '\\')
            return "the realm has a quote, a backslash or a control character";
    if (verifications == 0)
        return "at least one password must be verified at a time";
    return {};
}

password_file::password_file(std::string path, htpasswd_limits limits)
    : path_(std::move(path)), limits_(limits),
      table_(std::make_shared<const htpasswd>(htpasswd::load(path_, limits_)))
{
}

void password_file::reload()
{
    auto fresh = ops::finish_within(reload_wait, [path = path_, limits = limits_] {
        return std::make_shared<const htpasswd>(htpasswd::load(path, limits));
    });
    if (!fresh)
        throw ops::fatal(ops::exit_no_input, path_ + ": the disk does not answer");
    std::lock_guard lock(mutex_);
    table_ = std::move(*fresh);
    generation_.fetch_add(1, std::memory_order_release);
}

std::shared_ptr<const htpasswd> password_file::table() const
{
    std::lock_guard lock(mutex_);
    return table_;
}

bool password_file::begin_verification(unsigned most)
{
    if (running_.fetch_add(1, std::memory_order_relaxed) < most)
        return true;
    end_verification();
    return false;
}

authenticator::authenticator(net::shard& shard, std::shared_ptr<password_file> users,
                             authenticator_config config)
    : shard_(shard), users_(std::move(users)), config_(std::move(config)),
      memory_(random_keys(), config_.remembered, config_.keep.count()), generation_(users_->generation())
{
}

authenticator::verdict authenticator::ask_now(std::optional<std::string_view> authorization)
{
    auto who = authorization ? parse_basic(*authorization) : std::nullopt;
    if (!who)
        return verdict::denied;
    follow_reload();
    bool known = memory_.knows(*who, shard_.now());
    ::explicit_bzero(who->password.data(), who->password.size());
    return known ? verdict::granted : verdict::unknown;
}

net::task<authenticator::verdict> authenticator::ask(std::optional<std::string_view> authorization)
{
    verdict at_once = ask_now(authorization);
    if (at_once != verdict::unknown)
        co_return at_once;
    if (!users_->begin_verification(config_.verifications))
        co_return verdict::busy;
    verification running(users_);
    auto job = std::make_shared<verification_job>();
    job->who = *parse_basic(*authorization);
    job->table = users_->table();
    std::uint64_t generation = generation_;
    auto work = [job] { job->run(); };
    auto verifying = shard_.pool().run(shard_.context().get_executor(), work, net::nothrow);
    auto [error] = co_await std::move(verifying);
    if (error)
        co_return verdict::busy;
    follow_reload();
    if (job->right && generation == generation_) // else it may be the old table's word
        memory_.remember(job->who, shard_.now());
    co_return job->right ? verdict::granted : verdict::denied;
}

void authenticator::refuse(verdict why, response& out) const
{
    if (why == verdict::busy) {
        out.error(503, "Too many passwords are being verified at the moment.");
        out.headers.add("Retry-After", "1");
    } else {
        out.error(401, "A name and a password are needed here.");
        // RFC 7617 2 and 2.1.
        out.headers.add("WWW-Authenticate", "Basic realm=\"" + config_.realm + "\", charset=\"UTF-8\"");
    }
    out.headers.add("Cache-Control", "no-store");
}

void authenticator::tick()
{
    follow_reload();
    memory_.forget_old(shard_.now());
}

/// Whoever was right by the old table must show it by the new one.
void authenticator::follow_reload()
{
    if (std::uint64_t current = users_->generation(); current != generation_) {
        memory_.forget_all();
        generation_ = current;
    }
}

} // namespace pier::http
