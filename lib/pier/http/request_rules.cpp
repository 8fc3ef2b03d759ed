#include "pier/http/request_rules.hpp"

#include "pier/base/ascii.hpp"
#include "pier/base/list.hpp"
#include "pier/http/host.hpp"

namespace pier::http {

namespace {

class rules {
public:
    rules(const head_parser& head, std::string_view in, request_facts& facts)
        : head_(head), in_(in), facts_(facts)
    {
    }

    int check()
    {
        int status = target();
        if (status == 0)
            status = host();
        if (status == 0)
            status = framing();
        if (status == 0)
            status = persistence();
        return status == 0 ? expectation() : status;
    }

private:
    std::string_view value(const field_line& f) const { return in_.substr(f.value, f.value_length); }
    std::string_view first(field_id id) const { return value(head_.first(id)); }

    /// Each method with the forms that RFC 9112 section 3.2 gives it.
    int target()
    {
        auto parsed = parse_target(head_.target(in_), head_.method_id() == method::connect);
        if (!parsed || (parsed->form == target_form::asterisk && head_.method_id() != method::options))
            return 400;
        facts_.target = *parsed;
        return 0;
    }

    /// One valid Host in 1.1 (RFC 9112 3.2); what the target says overrides it (3.2.2).
    int host()
    {
        unsigned count = head_.count(field_id::host);
        if (count > 1 || (count == 0 && head_.minor_version() >= 1))
            return 400;
        if (count == 1) {
            facts_.host = first(field_id::host);
            if (!valid_host(facts_.host))
                return 400;
        }
        if (!facts_.target.authority.empty())
            facts_.host = facts_.target.authority;
        return 0;
    }

    /// RFC 9112 6.1 and 6.3, with every disputed case refused.
    int framing()
    {
        unsigned lengths = head_.count(field_id::content_length);
        unsigned codings = head_.count(field_id::transfer_encoding);
        if (lengths + codings == 0)
            return 0;
        if (lengths + codings > 1)
            return 400;
        if (codings == 1)
            return chunked_framing(first(field_id::transfer_encoding));
        auto length = parse_u64(first(field_id::content_length));
        if (!length)
            return 400;
        facts_.length = *length;
        facts_.body = *length > 0 ? request_facts::body_kind::length : request_facts::body_kind::none;
        return 0;
    }

    int chunked_framing(std::string_view coding)
    {
        if (head_.minor_version() == 0)
            return 400;
        facts_.body = request_facts::body_kind::chunked;
        if (iequals(coding, "chunked"))
            return 0;
        // Codings before a last `chunked` are framed well but not spoken here; any other order has no known
        // end.
        std::size_t last = 0, count = 0, chunked = 0;
        for_each_element(coding, [&](std::string_view element) {
            ++count;
            if (iequals(element, "chunked")) {
                ++chunked;
                last = count;
            }
        });
        bool well_framed = chunked == 0 ? count > 0 : chunked == 1 && last == count;
        return well_framed ? 501 : 400;
    }

    /// RFC 9112 9.3.
    int persistence()
    {
        facts_.keep_alive = head_.minor_version() >= 1;
        if (head_.count(field_id::connection) == 0)
            return 0;
        bool close = false, keep_alive = false;
        for (const field_line& f : head_.fields()) {
            if (f.id != field_id::connection)
                continue;
            if (iequals(value(f), "keep-alive")) { // what browsers send, and nothing else
                keep_alive = true;
                continue;
            }
            close = close || has_token(value(f), "close");
            keep_alive = keep_alive || has_token(value(f), "keep-alive");
        }
        facts_.keep_alive = !close && (facts_.keep_alive || keep_alive);
        return 0;
    }

    /// RFC 9110 10.1.1: a client of 1.0 cannot expect.
    int expectation()
    {
        if (head_.count(field_id::expect) == 0 || head_.minor_version() == 0)
            return 0;
        if (head_.count(field_id::expect) > 1 || !iequals(first(field_id::expect), "100-continue"))
            return 417;
        facts_.expects_continue = facts_.body != request_facts::body_kind::none;
        return 0;
    }

    const head_parser& head_;
    std::string_view in_;
    request_facts& facts_;
};

} // namespace

int check_request(const head_parser& head, std::string_view in, request_facts& facts)
{
    facts = {};
    return rules(head, in, facts).check();
}

} // namespace pier::http
