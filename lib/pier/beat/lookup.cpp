#include "pier/beat/lookup.hpp"

#include "pier/net/resolve.hpp"

#include <csignal>
#include <mutex>
#include <sys/eventfd.h>
#include <thread>

namespace pier::beat {

struct lookup::shared {
    unique_fd bell{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    std::mutex mutex;
    std::optional<result> found;
};

lookup::lookup() : shared_(std::make_shared<shared>()) {}

int lookup::handle() const
{
    return shared_->bell.get();
}

void lookup::start(const std::string& host, std::uint16_t port)
{
    running_ = true;
    std::thread([keep = shared_, host, port] {
        net::resolved resolved = net::resolve(host, port);
        std::lock_guard lock(keep->mutex);
        keep->found = result{std::move(resolved.addresses), std::move(resolved.error)};
        ::eventfd_write(keep->bell.get(), 1);
    }).detach();
}

std::optional<lookup::result> lookup::take()
{
    eventfd_t count = 0;
    ::eventfd_read(shared_->bell.get(), &count);
    std::lock_guard lock(shared_->mutex);
    auto found = std::exchange(shared_->found, std::nullopt);
    running_ = running_ && !found;
    return found;
}

} // namespace pier::beat
