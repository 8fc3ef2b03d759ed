#include "pier/http/credential_memory.hpp"

#include "pier/http/htpasswd.hpp"

namespace pier::http {

bool credential_memory::knows(const credentials& who, std::int64_t now)
{
    forget_old(now);
    return until_.contains(digest_of(who));
}

void credential_memory::remember(const credentials& who, std::int64_t now)
{
    digest key = digest_of(who);
    if (most_ == 0 || until_.contains(key)) // two requests at once: the first one's time counts
        return;
    if (order_.size() >= most_) {
        until_.erase(order_.front());
        order_.pop_front();
    }
    until_.emplace(key, now + keep_);
    order_.push_back(key);
}

void credential_memory::forget_old(std::int64_t now)
{
    while (!order_.empty() && until_.at(order_.front()) <= now) {
        until_.erase(order_.front());
        order_.pop_front();
    }
}

void credential_memory::forget_all()
{
    until_.clear();
    order_.clear();
}

credential_memory::digest credential_memory::digest_of(const credentials& who) const
{
    std::string text = who.user;
    text.append(1, '\0').append(who.password); // neither has a NUL: see parse_basic
    return {siphash(keys_[0], text), siphash(keys_[1], text)};
}

} // namespace pier::http
