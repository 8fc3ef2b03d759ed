#include "service_list.hpp"

#include "address_table.hpp"
#include "pier/admin/collect.hpp"
#include "pier/base/json_writer.hpp"

using namespace pier;

namespace {

void write_service(json_writer& json, const admin::service_stats& service, const descriptions& what)
{
    auto about = what.find(service.name);
    json.begin_object().member("name", std::string_view(service.name));
    json.member("what", std::string_view(about == what.end() ? "" : about->second));
    std::uint64_t unix_sockets = 0;
    json.key("urls").begin_array();
    for (const std::string& address : service.addresses) {
        std::string url = plain_url(address);
        if (is_unix_url(url))
            ++unix_sockets;
        else
            json.value(std::string_view(url));
    }
    json.end_array().member("unix_sockets", unix_sockets);
    json.member("connections_open", service.counts.connections_open);
    json.member("requests", service.counts.requests);
    json.member("datagrams", service.counts.datagrams_received);
    json.member("bytes_sent", service.counts.bytes_sent).end_object();
}

class handler final : public http::handler {
public:
    handler(net::shard& shard, std::unique_ptr<http::handler> pages, std::shared_ptr<const descriptions> what)
        : shard_(shard), pages_(std::move(pages)), what_(std::move(what))
    {
    }

    bool reads_body(const http::request& in) const override { return pages_->reads_body(in); }
    bool answer_now(const http::request& in, http::response& out) override;
    net::task<> answer(const http::request& in, http::response& out) override
    {
        return pages_->answer(in, out);
    }
    void tick() override { pages_->tick(); }

private:
    void refresh();

    /// Adding up the counters takes longer than a page does, and everybody may ask for it.
    static constexpr net::ticks fresh_for = 250;

    net::shard& shard_;
    std::unique_ptr<http::handler> pages_;
    std::shared_ptr<const descriptions> what_;
    std::shared_ptr<const std::string> list_;
    net::ticks made_ = 0;
};

/// Other methods are refused as they are for the pages.
bool handler::answer_now(const http::request& in, http::response& out)
{
    if (in.path != "/services.json" || (in.verb != http::method::get && in.verb != http::method::head))
        return pages_->answer_now(in, out);
    refresh();
    out.headers.add("Content-Type", "application/json");
    out.headers.add("Cache-Control", "no-store");
    out.headers.add("X-Content-Type-Options", "nosniff");
    out.add(http::piece::of(*list_, list_));
    return true;
}

void handler::refresh()
{
    if (list_ && shard_.now() - made_ < fresh_for)
        return;
    made_ = shard_.now();
    std::uint64_t up_since = shard_.whole().started_unix_milliseconds / 1000;
    list_ = std::make_shared<const std::string>(service_list(admin::collect(shard_), up_since, *what_));
}

} // namespace

std::string service_list(const admin::stats& now, std::uint64_t up_since, const descriptions& what)
{
    std::string out;
    json_writer json(out);
    json.begin_object().member("draining", now.draining).member("up_since_unix_seconds", up_since);
    json.key("services").begin_array();
    for (const admin::service_stats& service : now.services)
        write_service(json, service, what);
    json.end_array().end_object();
    return out;
}

http::handler_factory with_service_list(http::handler_factory pages, descriptions what)
{
    auto shared = std::make_shared<const descriptions>(std::move(what));
    return
        [pages, shared](net::shard& shard) { return std::make_unique<handler>(shard, pages(shard), shared); };
}
