#include "pier/http/client_config.hpp"

namespace pier::http {

std::string client_config::validate() const
{
    for (auto d : {deadlines.connect, deadlines.tls, deadlines.write, deadlines.head, deadlines.idle,
                   deadlines.wait, attempt_delay})
        if (d.count() <= 0)
            return "time-outs must be longer than nothing";
    if (connections_per_origin == 0 || connections == 0 || requests_per_connection == 0)
        return "a client needs one connection at least, for one request at least";
    if (head.head < 1024 || head.head > 1024 * 1024)
        return "the largest head must be between 1k and 1M";
    return {};
}

} // namespace pier::http
