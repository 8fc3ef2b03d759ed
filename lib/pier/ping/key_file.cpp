#include "pier/ping/key_file.hpp"

#include <utility>

namespace pier::ping {

key_file::key_file(std::string path)
    : path_(std::move(path)), key_(std::make_shared<const hmac_key>(hmac_key::load(path_)))
{
}

void key_file::reload()
{
    auto fresh = std::make_shared<const hmac_key>(hmac_key::load(path_));
    {
        std::lock_guard lock(mutex_);
        key_ = std::move(fresh);
    }
    generation_.fetch_add(1, std::memory_order_release);
}

std::shared_ptr<const hmac_key> key_file::key() const
{
    std::lock_guard lock(mutex_);
    return key_;
}

} // namespace pier::ping
