#include "pier/get/trust.hpp"

#include "pier/net/tls_client.hpp"
#include "pier/ops/exit.hpp"

namespace pier::get {

std::shared_ptr<net::tls_client> make_tls_client(const request_config& r)
{
    net::tls_client_config c;
    c.ca_file = r.ca_file;
    c.insecure = r.insecure;
    c.keylog_file = r.tls_keylog;
    for (const std::string& pin : r.pins)
        if (auto wrong = net::add_pin(c, pin); !wrong.empty())
            throw ops::fatal(ops::exit_usage, "--pin `" + pin + "` " + wrong);
    return net::tls_client::make(c);
}

} // namespace pier::get
