#include "hosted.hpp"

#include "../beats.hpp"
#include "pier/beat/options.hpp"
#include "pier/beat/server.hpp"
#include "pier/net/server_options.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ping/reflector_options.hpp"
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

class ping_service final : public hosted {
public:
    std::string section() const override { return "pingd"; }
    void declare(ops::options& table) override
    {
        server_.declare_listening(table);
        reflector_.declare(table);
    }
    void add_to(net::runtime& runtime) override { reflector_.add_to(runtime); }
    descriptions what() const override
    {
        return {{"stamp", "a reflector for pier-ping and whatever speaks STAMP"},
                {"text-ping", "pings that people can read"}};
    }

private:
    net::server_options server_{ping::reflector_options::default_port, net::server_kind::datagram};
    ping::reflector_options reflector_{server_};
};

class beat_service final : public hosted {
public:
    std::string section() const override { return "beatd"; }
    void declare(ops::options& table) override
    {
        server_.declare_listening(table);
        beats_.declare(table);
    }
    void add_to(net::runtime& runtime) override
    {
        watch_ = beat::add_to(runtime, beats_.config(), server_.listen());
    }
    descriptions what() const override
    {
        return {{"beat", "hears who is alive, and notices who is not"},
                {"text-beat", "the same of simple senders"}};
    }
    admin::config with_pages(admin::config config, unsigned threads) override
    {
        return with_beats(std::move(config), watch_, threads);
    }

private:
    net::server_options server_{beat::default_port, net::server_kind::datagram};
    beat::options beats_{server_};
    std::shared_ptr<beat::watch> watch_;
};

} // namespace

hosted_services::hosted_services()
{
    entries_.push_back({std::make_unique<upper_service>()});
    entries_.push_back({std::make_unique<ping_service>()});
    entries_.push_back({std::make_unique<beat_service>()});
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
    for (entry& e : entries_) {
        if (!e.wanted)
            continue;
        try {
            e.service->add_to(runtime);
        } catch (const ops::fatal& error) {
            std::string section = e.service->section();
            throw ops::fatal(error.code(),
                             section + ": " + error.what() + "; --no-" + section + ".serve leaves it out");
        }
    }
}

descriptions hosted_services::what() const
{
    descriptions all;
    for (const entry& e : entries_)
        if (e.wanted)
            all.merge(e.service->what());
    return all;
}

admin::config hosted_services::with_pages(admin::config config, unsigned threads)
{
    for (entry& e : entries_)
        if (e.wanted)
            config = e.service->with_pages(std::move(config), threads);
    return config;
}
