#include "pier/net/listener.hpp"

#include "pier/net/bind.hpp"
#include "pier/net/service.hpp"
#include "pier/net/shard.hpp"
#include "pier/ops/exit.hpp"

#include <boost/asio/post.hpp>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>

namespace pier::net {

namespace {

/// A socket file outlives its server's crash. Only if nobody answers there may it be replaced; a server whose
/// queue is full (EAGAIN) is there.
void remove_stale_socket(const endpoint& where)
{
    struct stat info;
    std::string path = where.unix_path();
    if (::lstat(path.c_str(), &info) != 0 || !S_ISSOCK(info.st_mode))
        return;
    unique_fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (::connect(probe.get(), where.data(), where.size()) != 0 && errno == ECONNREFUSED)
        ::unlink(path.c_str());
}

int option_of(int fd, int name)
{
    int value = -1;
    socklen_t size = sizeof value;
    ::getsockopt(fd, SOL_SOCKET, name, &value, &size);
    return value;
}

} // namespace

unique_fd listen_on(const endpoint& where, const listen_options& options)
{
    if (where.is_unix())
        remove_stale_socket(where);
    if (options.shared && options.first)
        refuse_if_taken(where, SOCK_STREAM);
    unique_fd fd(::socket(where.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!fd)
        fail_to_listen(where, "cannot make a socket for");
    if (!where.is_unix()) {
        set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR);
        set_option(fd.get(), IPPROTO_TCP, TCP_NODELAY); // accepted sockets inherit it
        if (options.shared)
            set_option(fd.get(), SOL_SOCKET, SO_REUSEPORT);
        if (options.send_buffer > 0)
            set_option(fd.get(), SOL_SOCKET, SO_SNDBUF, options.send_buffer);
        if (options.peer_speaks_first) // a silent peer is accepted all the same, after this many seconds
            set_option(fd.get(), IPPROTO_TCP, TCP_DEFER_ACCEPT, 1);
    }
    if (::bind(fd.get(), where.data(), where.size()) != 0)
        fail_to_listen(where);
    if (::listen(fd.get(), listener::backlog) != 0)
        fail_to_listen(where);
    return fd;
}

bool carries_datagrams(const ops::passed_descriptor& passed)
{
    return option_of(passed.fd, SO_TYPE) == SOCK_DGRAM;
}

endpoint adopt(const ops::passed_descriptor& passed, int type)
{
    auto option = [&passed](int name) { return option_of(passed.fd, name); };
    int family = option(SO_DOMAIN);
    bool known = family == AF_INET || family == AF_INET6 || family == AF_UNIX;
    bool listening = type == SOCK_DGRAM ? family != AF_UNIX : option(SO_ACCEPTCONN) == 1;
    if (!known || option(SO_TYPE) != type || !listening)
        throw ops::fatal(ops::exit_unavailable,
                         "descriptor " + std::to_string(passed.fd) + " (" + passed.name +
                             "), passed by the service manager, is not a " +
                             (type == SOCK_DGRAM ? "datagram socket" : "listening stream socket"));
    int flags = ::fcntl(passed.fd, F_GETFL);
    ::fcntl(passed.fd, F_SETFL, flags | O_NONBLOCK);
    if (family != AF_UNIX && type == SOCK_STREAM)
        set_option(passed.fd, IPPROTO_TCP, TCP_NODELAY);
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(passed.fd, reinterpret_cast<sockaddr*>(&address), &size);
    return endpoint::inherited(address, passed.fd);
}

socket_file socket_file::of(const endpoint& bound)
{
    struct stat info;
    if (!bound.is_unix() || ::lstat(bound.unix_path().c_str(), &info) != 0)
        return {};
    return {info.st_dev, info.st_ino};
}

void socket_file::remove_if_same(const endpoint& bound) const
{
    socket_file now = of(bound);
    if (inode != 0 && now.inode == inode && now.device == device)
        ::unlink(bound.unix_path().c_str());
}

listener::listener(shard& home, unique_fd fd, net::stream_service& service, deal to, queue at_end)
    : home_(home), fd_(std::move(fd)), reserve_(::open("/dev/null", O_RDONLY | O_CLOEXEC)),
      ready_(home.context()), pause_(home.context()), service_(service), deal_(std::move(to)), at_end_(at_end)
{
}

listener::~listener()
{
    if (fd_)
        ready_.release(fd_.get());
}

task<> listener::run()
{
    for (int left = at_end_ == queue::empty ? last_batches : 0; !stopping_ || left > 0;) {
        left -= stopping_;
        if (at_end_ == queue::leave && home_.draining() && !service_.ends_last)
            break; // stop() is on its way: what comes meanwhile is the next one's
        outcome result = accept_batch();
        if (result == outcome::again) {
            co_await asio::post(home_.context(), asio::deferred);
            continue;
        }
        if (stopping_)
            break; // the queue is empty, or cannot be emptied
        if (result == outcome::empty) {
            auto [ec] = co_await ready_.wait(fd_.get(), readiness::read, nothrow);
            (void)ec; // cancelled: stopping_ is set, one more batch empties the queue
        } else {
            service_.counters.accept_errors.add();
            pause_.expires_after(back_off);
            auto [ec] = co_await pause_.async_wait(nothrow);
            (void)ec;
        }
    }
    ready_.release(fd_.get());
    fd_.reset();
}

void listener::stop()
{
    stopping_ = true;
    ready_.cancel();
    pause_.cancel();
}

listener::outcome listener::accept_batch()
{
    for (int i = 0; i < batch; ++i) {
        outcome result = accept_one();
        if (result == outcome::no_descriptor)
            result = refuse_one();
        if (result != outcome::accepted && result != outcome::again)
            return result;
    }
    return outcome::again;
}

listener::outcome listener::accept_one()
{
    sockaddr_storage address;
    socklen_t size = sizeof address;
    unique_fd fd(
        ::accept4(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd) {
        deal_(std::move(fd), peer_address::from(address));
        return outcome::accepted;
    }
    switch (errno) {
    case EAGAIN: return outcome::empty;
    case EMFILE:
    case ENFILE: return outcome::no_descriptor;
    case ENOMEM:
    case ENOBUFS:
    case EBADF:
    case EINVAL: return outcome::trouble;
    default:
        return outcome::again; // the connection died in the queue: accept(2), ECONNABORTED and network errors
    }
}

/// Left in the queue, a connection that no descriptor is left for would wake this loop for ever. The reserve
/// pays for one descriptor, long enough to say 503.
listener::outcome listener::refuse_one()
{
    reserve_.reset();
    unique_fd fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    int error = fd ? 0 : errno;
    if (fd) {
        service_.refuse(fd.get());
        fd.reset();
        service_.counters.connections_refused.add();
    }
    reserve_.reset(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (error == EAGAIN)
        return outcome::empty; // out of descriptors, accept4 complains even when nobody is there
    if (!reserve_ || error == EMFILE || error == ENFILE)
        return outcome::trouble; // another thread took the descriptor: wait for better times
    return outcome::again;
}

} // namespace pier::net
