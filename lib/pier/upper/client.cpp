#include "pier/upper/client.hpp"

#include "pier/base/json_writer.hpp"
#include "pier/base/units.hpp"
#include "pier/net/resolve.hpp"
#include "pier/ops/exit.hpp"
#include "pier/upper/asker.hpp"
#include "pier/upper/texts.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <unistd.h>

namespace pier::upper {

namespace {

constexpr int exit_by_signal = 128;

int exit_code_of(exchange::outcome result)
{
    if (result == exchange::outcome::answered)
        return ops::exit_ok;
    return result == exchange::outcome::too_long ? ops::exit_data : ops::exit_unavailable;
}

class conversation {
public:
    explicit conversation(const client_config& c)
        : config_(c), style_(c.json                         ? style::json
                             : ::isatty(STDOUT_FILENO) == 1 ? style::terminal
                                                            : style::plain),
          texts_(c.words, c.max_text)
    {
    }

    int run();

private:
    std::vector<net::endpoint> addresses() const;
    std::unique_ptr<asker> make_asker(std::vector<net::endpoint> addresses,
                                      const net::interrupt& ctrl_c) const;
    bool goes_on(const std::string& text, const exchange& done);
    void no_text(texts::outcome why);
    int interrupted(int signal);
    void say(const std::string& sentence) const
    {
        std::fprintf(stderr, "pier-upper: %s\n", sentence.c_str());
    }
    void print(const std::string& line);

    const client_config& config_;
    const style style_;
    texts texts_;
    std::uint64_t answered_ = 0, unanswered_ = 0;
    int exit_code_ = ops::exit_ok;
};

std::vector<net::endpoint> conversation::addresses() const
{
    net::resolved found = net::resolve(config_.to.host, config_.to.port);
    if (found.addresses.empty())
        throw ops::fatal(ops::exit_no_host, "`" + config_.to.host + "` has no address: " + found.error);
    return found.addresses;
}

std::unique_ptr<asker> conversation::make_asker(std::vector<net::endpoint> addresses,
                                                const net::interrupt& ctrl_c) const
{
    if (config_.to.datagrams)
        return std::make_unique<datagram_asker>(config_, std::move(addresses), ctrl_c);
    return std::make_unique<stream_asker>(config_, std::move(addresses), ctrl_c);
}

void conversation::print(const std::string& line)
{
    bool written =
        std::fwrite(line.data(), 1, line.size(), stdout) == line.size() && std::fflush(stdout) == 0;
    if (!written)
        throw ops::fatal(ops::exit_cant_create,
                         std::string("standard output cannot be written: ") + std::strerror(errno));
}

/// False when asking for more makes no sense.
bool conversation::goes_on(const std::string& text, const exchange& done)
{
    using outcome = exchange::outcome;
    if (done.result == outcome::answered || style_ == style::json)
        print(answer_line(text, done, style_, config_.to));
    (done.result == outcome::answered ? answered_ : unanswered_) += 1;
    if (done.result == outcome::answered)
        return true;
    say(problem(text, done, config_.to));
    if (exit_code_ == ops::exit_ok)
        exit_code_ = exit_code_of(done.result);
    return done.result == outcome::too_long || (config_.to.datagrams && done.result == outcome::no_answer);
}

void conversation::no_text(texts::outcome why)
{
    if (why == texts::outcome::too_long)
        throw ops::fatal(ops::exit_data, "a line has more than " + format_size(config_.max_text) +
                                             " bytes: --max-text allows more");
    if (why == texts::outcome::failed)
        throw ops::fatal(ops::exit_no_input,
                         std::string("standard input cannot be read: ") + std::strerror(errno));
}

int conversation::interrupted(int signal)
{
    if (style_ == style::json) {
        std::string line;
        json_writer(line)
            .begin_object()
            .member("interrupted", true)
            .member("answered", answered_)
            .member("unanswered", unanswered_)
            .end_object();
        print(line + "\n");
    }
    say("interrupted: " + std::to_string(answered_) + " answered, " + std::to_string(unanswered_) +
        " without an answer");
    return exit_by_signal + signal;
}

int conversation::run()
{
    auto found = addresses(); // until then Ctrl-C simply ends the program: there is nothing to say
    net::interrupt ctrl_c;
    auto asker = make_asker(std::move(found), ctrl_c);
    std::string text;
    for (;;) {
        auto got = texts_.next(text, ctrl_c, "Text in lower case: ");
        if (got == texts::outcome::interrupted)
            return interrupted(ctrl_c.signal());
        if (got != texts::outcome::text) {
            no_text(got);
            return exit_code_;
        }
        exchange done = asker->ask(text);
        if (done.result == exchange::outcome::interrupted) {
            ++unanswered_;
            return interrupted(ctrl_c.signal());
        }
        if (!goes_on(text, done))
            return exit_code_;
    }
}

} // namespace

std::string client_config::validate() const
{
    if (to.port == 0)
        return "PORT is 0, which nobody listens on";
    if (!to.datagrams && from)
        return "--from is for datagrams: add --udp";
    if (!to.datagrams && tries > 1)
        return "--tries is for datagrams, TCP itself sends again: add --udp or leave it out";
    return {};
}

int run_client(const client_config& c)
{
    return conversation(c).run();
}

} // namespace pier::upper
