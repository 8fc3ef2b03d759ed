#include "pier/get/load_target.hpp"

#include "pier/get/request_fields.hpp"
#include "pier/get/trust.hpp"
#include "pier/http/request_head.hpp"
#include "pier/http/retry.hpp"
#include "pier/ops/exit.hpp"

namespace pier::get {

namespace {

std::string request_of(const request_config& r, const http::url& to, bool keep_alive)
{
    http::request_framing framing;
    if (r.data)
        framing = {http::request_framing::body::length, r.data->size()};
    http::fields fields = fields_of(r, to, {.content = r.data.has_value()});
    std::string text;
    std::string wrong = http::append_request_head(text, r.method_in_force(), to, http::target_choice::origin,
                                                  fields, framing, !keep_alive);
    if (!wrong.empty())
        throw ops::fatal(ops::exit_usage, wrong);
    return text.append(r.data.value_or(""));
}

} // namespace

load_target load_target::of(const request_config& r, const load_config& c)
{
    load_target target;
    for (const std::string& text : r.urls) {
        std::string why;
        auto url = http::url::parse(text, why);
        if (!url)
            throw ops::fatal(ops::exit_usage, "`" + text + "` " + why);
        target.requests.push_back(request_of(r, *url, c.keep_alive));
        target.urls.push_back(std::move(*url));
    }
    if (target.origin().secure())
        target.tls = make_tls_client(r);
    target.asked = http::identify_method(r.method_in_force());
    target.repeatable = http::is_idempotent(r.method_in_force());
    target.keep_alive = c.keep_alive;
    target.connect_timeout = r.connect_timeout;
    target.head_timeout = r.head_timeout;
    target.idle_timeout = r.idle_timeout;
    return target;
}

} // namespace pier::get
