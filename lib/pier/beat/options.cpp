#include "pier/beat/options.hpp"

#include "pier/base/units.hpp"

#include <charconv>
#include <sstream>

namespace pier::beat {

namespace {

constexpr double least_threshold = 0.5, most_threshold = 100;
constexpr double least_intervals = 1.2, most_intervals = 1000;
constexpr std::uint64_t most_senders = 10'000'000;

std::optional<double> parse_decimal(std::string_view text)
{
    double value = 0;
    auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

std::string format_decimal(double value)
{
    char text[64];
    return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

} // namespace

ops::option number_option(std::string name, std::string value_name, std::string help, double& into,
                          double least, double most)
{
    ops::option o{std::move(name), 0, std::move(value_name), std::move(help)};
    o.set = [&into, least, most](const std::string& given) {
        auto value = parse_decimal(given);
        if (!value || !(*value >= least && *value <= most))
            return "is not a number from " + format_decimal(least) + " to " + format_decimal(most);
        into = *value;
        return std::string();
    };
    o.get = [&into] { return std::vector{format_decimal(into)}; };
    return o;
}

void options::declare(ops::options& table)
{
    table.group("Heartbeats");
    ops::option text{
        "text-listen", 0, "ADDR:PORT|off",
        "where the text beats `SEQUENCE TIME` of networking courses are heard; with --key they are not, "
        "unless this is said"};
    text.set = [this](const std::string& value) { return set_text_listen(value); };
    text.get = [this] { return text_addresses(); };
    table.add(std::move(text));
    table.text("key", "FILE", "hear only senders that sign with the key in this file (none)", config_.key);
    table.count("max-senders", "beats of further ones are refused", config_.monitor.max_senders,
                {1, most_senders});
    table.duration("forget", "a sender that has been down or stopped for so long", config_.monitor.forget,
                   std::chrono::milliseconds(1000));
    declare_judging(table);
    declare_telling(table);
}

void options::declare_judging(ops::options& table)
{
    detector_config& detector = config_.monitor.detector;
    table.group("When a sender is down");
    table.choice("detector", "phi: by how improbable its silence is; fixed: by a time-out", detector.kind,
                 {{"phi", detector_kind::phi}, {"fixed", detector_kind::fixed}});
    table.add(number_option("threshold", "PHI", "of phi: at 8, one silence in 10^8 is a false alarm",
                            detector.threshold, least_threshold, most_threshold));
    table.add({"timeout", 0, "TIME|NUMBERx", "of the fixed detector: a time, or so many intervals", "",
               [this](const std::string& value) { return set_timeout(value); }, false,
               [this] { return timeout(); }});
    table.duration("acceptable-pause", "what a sender may pause besides, without being suspected",
                   detector.acceptable_pause, std::chrono::milliseconds(0));
    table.duration("pause-guard", "when the monitor itself has not run for longer, all deadlines move",
                   config_.monitor.pause_guard, std::chrono::milliseconds(500));
    table.toggle("flap-damping", "hold back the alerts of a sender that goes up and down again and again",
                 config_.monitor.damping.on);
}

void options::declare_telling(ops::options& table)
{
    table.group("What becomes of it");
    table.text("state", "FILE", "keeps what is known of the senders over a restart (nothing is kept)",
               config_.state);
    table.duration("state-interval", "between two writings of it", config_.state_interval,
                   std::chrono::milliseconds(100));
    table.text("events", "FILE", "a line of JSON for each event; opened anew on SIGHUP (none)",
               config_.events);
    ops::option exec{
        "exec", 0, "COMMAND",
        "run at each alert, words between spaces, no shell; PIER_BEAT_NAME, _STATE, ... say what (none)"};
    exec.set = [this](const std::string& value) {
        exec_ = value;
        std::istringstream words(value);
        config_.exec.command.clear();
        for (std::string word; words >> word;)
            config_.exec.command.push_back(word);
        return std::string(config_.exec.command.empty() ? "names no program" : "");
    };
    exec.get = [this] { return ops::values_if_any(exec_); };
    table.add(std::move(exec));
    table.count("exec-at-once", "so many commands run together; further alerts wait", config_.exec.at_once,
                {1, 256});
    table.count("exec-queue", "so many alerts wait; further ones are dropped", config_.exec.queue,
                {1, 1'000'000});
    table.duration("exec-timeout", "then a command is killed, with all that it has started",
                   config_.exec.time_limit);
    declare_webhook(table);
}

void options::declare_webhook(ops::options& table)
{
    webhook_config& hook = config_.webhook;
    ops::option url{"webhook", 0, "URL", "post each alert there as JSON, until it is taken (none)"};
    url.set = [&hook](const std::string& value) {
        std::string why;
        hook.url = http::url::parse(value, why);
        if (hook.url && !hook.url->user.empty())
            return std::string("holds a password: put a token into a file and name it with --webhook-token");
        return why;
    };
    url.get = [&hook] { return ops::values_if_any(hook.url ? hook.url->to_string() : ""); };
    table.add(std::move(url));
    table.text("webhook-token", "FILE", "with the bearer token in this file, which is yours alone (none)",
               hook.token);
    table.text("webhook-ca", "FILE", "trust these authorities for https instead of the system's (none)",
               hook.ca);
    table.duration("webhook-timeout", "of one try", hook.timeout, std::chrono::milliseconds(100));
    table.count("webhook-retries", "so many more tries, ever longer apart", hook.retries, {0, 100});
    table.count("webhook-queue", "so many alerts wait; further ones are dropped", hook.queue, {1, 1'000'000});
}

std::string options::set_text_listen(const std::string& value)
{
    text_given_ = true;
    config_.text_listen.clear();
    if (value == "off")
        return {};
    auto parsed = net::endpoint::parse(value);
    if (!parsed || parsed->is_unix())
        return "is neither ADDR:PORT or [IPV6]:PORT nor off";
    config_.text_listen.push_back(*parsed);
    return {};
}

std::vector<std::string> options::text_addresses() const
{
    auto where = config().text_listen;
    return {where.empty() ? "off" : where.front().to_string()};
}

std::string options::set_timeout(const std::string& value)
{
    detector_config& detector = config_.monitor.detector;
    if (value.ends_with('x')) {
        auto intervals = parse_decimal(std::string_view(value).substr(0, value.size() - 1));
        if (!intervals || !(*intervals >= least_intervals && *intervals <= most_intervals))
            return "is not 1.2x to 1000x: so many intervals";
        detector.timeout_intervals = *intervals;
        detector.timeout = {};
        return {};
    }
    auto time = parse_duration(value);
    if (!time || time->count() == 0)
        return "is neither a time such as 5s nor a number of intervals such as 3x";
    detector.timeout = *time;
    return {};
}

std::vector<std::string> options::timeout() const
{
    const detector_config& detector = config_.monitor.detector;
    return {detector.timeout.count() > 0 ? format_duration(detector.timeout)
                                         : format_decimal(detector.timeout_intervals) + "x"};
}

beat::config options::config() const
{
    beat::config c = config_;
    if (!text_given_ && c.key.empty()) // texts cannot be signed
        c.text_listen = {server_.lan() ? net::endpoint::any(default_text_port)
                                       : net::endpoint::loopback(default_text_port)};
    return c;
}

} // namespace pier::beat
