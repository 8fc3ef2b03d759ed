#include "pier/net/tls_keylog.hpp"

#include "pier/ops/exit.hpp"
#include "pier/ops/log.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <openssl/ssl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace pier::net {

namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& why)
{
    throw ops::fatal(ops::exit_cant_create, "--tls-keylog " + path + ": " + why);
}

int index_in_context()
{
    static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

void tell(const SSL* connection, const char* line)
{
    const SSL_CTX* context = SSL_get_SSL_CTX(connection);
    if (auto* to = static_cast<tls_keylog*>(SSL_CTX_get_ex_data(context, index_in_context())))
        to->append(line);
}

} // namespace

void tls_keylog::open()
{
    constexpr mode_t owner_only = 0600;
    unique_fd file(::open(path_.c_str(),
                          O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
                          owner_only));
    if (!file && errno == ELOOP)
        refuse(path_,
               "is a symbolic link; name the file itself, so that nobody can lead the secrets elsewhere");
    struct stat found{};
    if (!file || ::fstat(file.get(), &found) != 0)
        refuse(path_, std::string("cannot be written: ") + std::strerror(errno));
    if (!S_ISREG(found.st_mode))
        refuse(path_, "is no regular file");
    if (found.st_uid != ::geteuid() || found.st_nlink != 1)
        refuse(path_, "belongs to somebody else as well; name a file that does not exist yet");
    if (::fchmod(file.get(), owner_only) != 0)
        refuse(path_, std::string("its mode cannot be set: ") + std::strerror(errno));
    ops::log(ops::level::warning, "--tls-keylog: THE SECRETS OF ALL CONNECTIONS ARE WRITTEN TO " + path_ +
                                      ": who reads it can read what is exchanged; for debugging only");
    file_ = std::move(file);
}

/// In one call, so that lines of several threads do not mix.
void tls_keylog::append(std::string_view line)
{
    if (!file_)
        return;
    char end = '\n';
    iovec parts[] = {{const_cast<char*>(line.data()), line.size()}, {&end, 1}};
    [[maybe_unused]] ssize_t written = ::writev(file_.get(), parts, 2); // a full disk ends no connection
}

void tls_keylog::attach(SSL_CTX* context)
{
    SSL_CTX_set_ex_data(context, index_in_context(), this);
    SSL_CTX_set_keylog_callback(context, tell);
}

} // namespace pier::net
