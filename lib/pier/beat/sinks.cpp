#include "pier/beat/sinks.hpp"

#include "pier/beat/exec_sink.hpp"
#include "pier/beat/webhook_sink.hpp"
#include "pier/ops/log.hpp"

namespace pier::beat {

namespace {

class log_sink final : public alert_sink {
public:
    void deliver(const event& e) override
    {
        bool bad = e.kind == event_kind::died || e.kind == event_kind::flapping;
        ops::level at = e.damped && !is_alert(e) ? ops::level::debug
                        : bad                    ? ops::level::warning
                                                 : ops::level::info;
        if (ops::logs(at))
            ops::log(at, to_words(e));
    }
};

class line_sink final : public alert_sink {
public:
    explicit line_sink(std::shared_ptr<ops::line_file> file) : lines_(std::move(file), dropped_) {}
    void deliver(const event& e) override
    {
        lines_.text().append(to_json_line(e));
        lines_.line_done();
    }
    void tick() override { lines_.flush(); }

private:
    ops::counter dropped_;
    ops::line_buffer lines_;
};

} // namespace

std::vector<std::unique_ptr<alert_sink>> make_sinks(net::shard& home, const watch& common,
                                                    webhook_counters& counted)
{
    std::vector<std::unique_ptr<alert_sink>> sinks;
    sinks.push_back(std::make_unique<log_sink>());
    if (common.events)
        sinks.push_back(std::make_unique<line_sink>(common.events));
    if (!common.told.exec.command.empty())
        sinks.push_back(std::make_unique<exec_sink>(home, common.told.exec));
    if (common.webhook)
        sinks.push_back(std::make_unique<webhook_sink>(home, *common.webhook, counted));
    for (const sink_factory& make : common.more_sinks)
        sinks.push_back(make(home));
    return sinks;
}

} // namespace pier::beat
