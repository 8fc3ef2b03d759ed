#include "hosted.hpp"

#include "pier/net/server_options.hpp"
#include "pier/upper/options.hpp"
#include "pier/upper/server.hpp"

using namespace pier;

namespace {

class upper_service final : public hosted {
public:
    std::string section() const override { return "upperd"; }
    void declare(ops::options& table) override
    {
        server_.declare_listening(table);
        upper::declare(table, config_);
    }
    void add_to(net::runtime& runtime) override { upper::add_to(runtime, config_, server_.listen_all()); }
    descriptions what() const override
    {
        return {{"upper-tcp", "what you say, in upper case"}, {"upper-udp", "the same, a datagram each"}};
    }

private:
    net::server_options server_{12000, net::server_kind::stream_and_datagram};
    upper::config config_;
};

} // namespace

hosted_services::hosted_services()
{
    entries_.push_back({std::make_unique<upper_service>()});
}

void hosted_services::declare(ops::options& table)
{
    for (entry& e : entries_) {
        table.section(e.service->section());
        table.group("Whether at all");
        table.toggle("serve", "start this service (yes)", e.wanted);
        e.service->declare(table);
    }
    table.section({});
}

void hosted_services::add_to(net::runtime& runtime)
{
    for (entry& e : entries_)
        if (e.wanted)
            e.service->add_to(runtime);
}

descriptions hosted_services::what() const
{
    descriptions all;
    for (const entry& e : entries_)
        if (e.wanted)
            all.merge(e.service->what());
    return all;
}
