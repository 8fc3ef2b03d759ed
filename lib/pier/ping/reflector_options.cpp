#include "pier/ping/reflector_options.hpp"

#include "pier/base/ascii.hpp"
#include "pier/net/shard.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/log.hpp"
#include "pier/ping/text_reflector.hpp"

namespace pier::ping {

namespace {

using values = std::vector<std::string>;

void add_chance(ops::options& table, const char* name, const char* help, probability& into)
{
    table.add({name, 0, "CHANCE", help, "",
               [&into](const std::string& value) {
                   auto parsed = probability::parse(value);
                   into = parsed.value_or(probability());
                   return std::string(parsed ? "" : "is not a chance such as 4/11 or 36%");
               },
               false, [&into] { return values{into.to_string()}; }});
}

void add_bursts(ops::options& table, std::optional<burst_loss>& into)
{
    table.add({"loss-burst", 0, "ENTER,LEAVE[,IN[,OUT]]",
               "losses in bursts (Gilbert-Elliott): chances that a burst begins, that it ends, and of being "
               "lost in "
               "one and outside, such as 2%,25% (none)",
               "",
               [&into](const std::string& value) {
                   into = burst_loss::parse(value);
                   return std::string(
                       into ? "" : "is not two to four chances such as 2%,25% or 2%,25%,80%,1/1000");
               },
               false, [&into] { return into ? values{into->to_string()} : values{}; }});
}

void add_seed(ops::options& table, std::optional<std::uint64_t>& into)
{
    table.add({"seed", 0, "N",
               "what the dice begin with: repeats the same misfortunes (another one each time)", "",
               [&into](const std::string& value) {
                   into = parse_u64(value);
                   return std::string(into ? "" : "is not a number");
               },
               false, [&into] { return into ? values{std::to_string(*into)} : values{}; }});
}

} // namespace

void reflector_options::declare(ops::options& table)
{
    declare_text(table);
    declare_stamp(table);
    declare_impairments(table);
    table.check([this] { return wrong(); });
}

void reflector_options::declare_text(ops::options& table)
{
    table.group("Where to listen");
    std::string port = std::to_string(default_text_port);
    table.add({"text-listen", 0, "ADDR:PORT|off",
               "the text ping: any datagram comes back in upper case (port " + port +
                   ", on all addresses with --lan)",
               "",
               [this](const std::string& value) {
                   auto parsed = net::endpoint::parse(value);
                   text_off_ = text_off_ || value == "off";
                   if (value != "off" && (!parsed || parsed->is_unix()))
                       return std::string("is not ADDR:PORT, [IPV6]:PORT or off");
                   if (parsed)
                       text_listen_.push_back(*parsed);
                   return std::string();
               },
               true, [this] { return text_addresses(); }});
}

void reflector_options::declare_stamp(ops::options& table)
{
    table.group("Reflecting");
    table.toggle("stateful",
                 "count the answers of each session: its sender sees on which way packets are lost",
                 reflector_.stateful);
    table.count("max-sessions", "of a stateful reflector at once; packets of further ones are dropped",
                reflector_.max_sessions, {1, 10'000'000});
    table.duration("session-timeout", "a session is forgotten when nothing has come for so long",
                   reflector_.session_timeout);
    table.add(
        {"key", 0, "FILE",
         "answer only who has this key, 16 octets or more as hexadecimal digits or as they are: HMAC-SHA-256 "
         "(none: unauthenticated)",
         "",
         [this](const std::string& value) {
             key_ = value;
             return std::string(value.empty() ? "names no file" : "");
         },
         false, [this] { return key_.empty() ? values{} : values{key_}; }});
    table.add({"allow-short", 0, "CIDR",
               "TWAMP-Light senders whose packets of 14 to 43 octets are answered with 44 (none)", "",
               [this](const std::string& value) { return net::add_block(reflector_.allow_short, value); },
               true, [this] { return reflector_.allow_short.texts(); }});
}

void reflector_options::declare_impairments(ops::options& table)
{
    impairment_config& bad = impairment_;
    table.group("A bad network, on purpose");
    add_chance(table, "loss", "of a datagram to be dropped as if it had never come, such as 4/11 or 36%",
               bad.loss);
    add_bursts(table, bad.bursts);
    table.duration("delay", "of every answer", bad.delay, std::chrono::milliseconds(0));
    table.duration("jitter", "the delay varies by so much to and fro, evenly; answers stay in order",
                   bad.jitter, std::chrono::milliseconds(0));
    add_chance(table, "duplicate", "of an answer to be sent twice", bad.duplicate);
    add_chance(table, "reorder", "of an answer to be held back, so that later ones overtake it", bad.reorder);
    table.duration("reorder-hold", "how long it is held back", bad.reorder_hold);
    table.size("queue-size", "memory for answers that wait; further ones are dropped", bad.queue_size,
               {0, std::uint64_t{1} << 34});
    add_seed(table, bad.seed);
}

std::vector<net::endpoint> reflector_options::text_listen() const
{
    if (text_off_ || !text_listen_.empty())
        return text_listen_;
    return {server_.lan() ? net::endpoint::any(default_text_port)
                          : net::endpoint::loopback(default_text_port)};
}

/// As the setter takes them.
std::vector<std::string> reflector_options::text_addresses() const
{
    values addresses;
    for (const net::endpoint& where : text_listen())
        addresses.push_back(where.to_string());
    return addresses.empty() ? values{"off"} : addresses;
}

std::string reflector_options::wrong() const
{
    if (text_off_ && !text_listen_.empty())
        return "--text-listen off and --text-listen ADDR:PORT contradict each other";
    if (!key_.empty() && !reflector_.allow_short.empty())
        return "--allow-short is for packets that bear no HMAC: leave it out, or --key";
    return impairment_.validate();
}

void reflector_options::add_to(net::runtime& runtime) const
{
    if (auto sentence = wrong(); !sentence.empty())
        throw ops::fatal(ops::exit_usage, sentence);
    reflector_config config = reflector_;
    if (!key_.empty()) {
        config.key = std::make_shared<key_file>(key_);
        runtime.on_reload(config.key);
    }
    auto network = std::make_shared<bad_network>(impairment_);
    if (network->config.any())
        ops::log(ops::level::info, "impairments are on, with --seed " + std::to_string(network->seed));

    net::datagram_traits stamp{.scheme = "stamp", .details = reflector::details()};
    runtime.add(stamp, server_.listen(),
                [state = std::make_shared<reflector_state>(std::move(config)), network](net::shard& home) {
                    return std::make_unique<reflector>(home, state, network);
                });
    if (auto where = text_listen(); !where.empty())
        runtime.add(net::datagram_traits{.scheme = "text-ping"}, where,
                    [network](net::shard& home) { return std::make_unique<text_reflector>(home, network); });
}

} // namespace pier::ping
