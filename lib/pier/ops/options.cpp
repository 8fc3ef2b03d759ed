#include "pier/ops/options.hpp"

#include "pier/base/ascii.hpp"
#include "pier/base/units.hpp"
#include "pier/ops/crash.hpp"
#include "pier/ops/exit.hpp"

#include <cstdio>

namespace pier::ops {

namespace {

/// In seconds where people say so: 90s rather than 1500ms or 1.5m.
std::string write_duration(std::chrono::milliseconds value)
{
    bool seconds = value.count() % 1000 == 0 && value < std::chrono::minutes(10);
    return seconds ? std::to_string(value.count() / 1000) + "s" : format_duration(value);
}

} // namespace

std::vector<std::string> values_if_any(const std::string& value)
{
    return value.empty() ? std::vector<std::string>() : std::vector{value};
}

options::options(std::string program, std::string synopsis, std::string summary)
    : program_(std::move(program)), synopsis_(std::move(synopsis)), summary_(std::move(summary))
{
}

options& options::group(std::string heading)
{
    group_ = std::move(heading);
    return *this;
}

options& options::add(option o)
{
    o.group = group_;
    o.section = section_;
    options_.push_back(std::move(o));
    return *this;
}

options& options::toggle(std::string name, std::string help, bool& into)
{
    option o{std::move(name), 0, "", std::move(help)};
    o.set = [&into](const std::string& value) {
        into = value == "yes";
        return std::string();
    };
    o.get = [&into] { return std::vector<std::string>{into ? "yes" : "no"}; };
    return add(std::move(o));
}

options& options::text(std::string name, std::string value_name, std::string help, std::string& into)
{
    option o{std::move(name), 0, std::move(value_name), std::move(help)};
    o.set = [&into](const std::string& value) {
        into = value;
        return std::string();
    };
    o.get = [&into] { return std::vector<std::string>{into}; };
    return add(std::move(o));
}

options& options::duration(std::string name, std::string help, std::chrono::milliseconds& into,
                           std::chrono::milliseconds least)
{
    option o{std::move(name), 0, "TIME", std::move(help)};
    o.set = [&into, least](const std::string& value) {
        auto parsed = parse_duration(value);
        if (!parsed)
            return std::string("is not a time such as 250ms, 10s or 2m");
        if (*parsed < least)
            return "is less than " + format_duration(least);
        into = *parsed;
        return std::string();
    };
    o.get = [&into] { return std::vector<std::string>{write_duration(into)}; };
    return add(std::move(o));
}

options& options::size(std::string name, std::string help, std::uint64_t& into, bounds allowed)
{
    option o{std::move(name), 0, "SIZE", std::move(help)};
    o.set = [&into, allowed](const std::string& value) {
        auto parsed = parse_size(value);
        if (!parsed)
            return std::string("is not a size such as 512, 64k or 2M");
        if (*parsed < allowed.least || *parsed > allowed.most)
            return "is not between " + format_size(allowed.least) + " and " + format_size(allowed.most);
        into = *parsed;
        return std::string();
    };
    o.get = [&into] { return std::vector<std::string>{format_size(into)}; };
    return add(std::move(o));
}

options& options::count(std::string name, std::string help, std::uint64_t& into, bounds allowed)
{
    option o{std::move(name), 0, "N", std::move(help)};
    o.set = [&into, allowed](const std::string& value) {
        auto parsed = parse_u64(value);
        if (!parsed)
            return std::string("is not a whole number");
        if (*parsed < allowed.least)
            return "is less than " + std::to_string(allowed.least);
        if (*parsed > allowed.most)
            return "is more than " + std::to_string(allowed.most);
        into = *parsed;
        return std::string();
    };
    o.get = [&into] { return std::vector<std::string>{std::to_string(into)}; };
    return add(std::move(o));
}

options& options::letter(char l)
{
    options_.back().letter = l;
    return *this;
}

options& options::derived(option_getter get)
{
    options_.back().get = std::move(get);
    options_.back().derived = true;
    return *this;
}

options& options::positional(std::string value_name, option_setter set, int most, int least)
{
    positional_.push_back({std::move(value_name), std::move(set), most, least});
    return *this;
}

options& options::command(std::vector<std::string>& into)
{
    command_ = &into;
    return *this;
}

options& options::operand(std::string option_name, std::string value_name)
{
    operand_ = std::move(option_name);
    operand_name_ = std::move(value_name);
    return *this;
}

options& options::exit_status(std::string text)
{
    exit_status_ = std::move(text);
    return *this;
}

options& options::section(std::string name)
{
    section_ = std::move(name);
    return group("");
}

options& options::main_section(std::string name)
{
    main_section_ = name;
    return section(std::move(name));
}

options& options::sections(std::string kind, section_factory declare)
{
    kinds_.push_back({std::move(kind), std::move(declare)});
    return *this;
}

options& options::check(std::function<std::string()> holds)
{
    checks_.push_back({section_, std::move(holds)});
    return *this;
}

std::string options::variable_prefix() const
{
    std::string prefix = "PIER_";
    if (program_.starts_with("pier-"))
        prefix.append(program_, 5).append("_");
    for (char& c : prefix)
        c = c == '-' ? '_' : to_upper(c);
    return prefix;
}

std::string options::variable(const option& o) const
{
    std::string name = o.full_name();
    for (char& c : name)
        c = is_alnum(c) ? to_upper(c) : '_';
    return variable_prefix() + name;
}

std::string options::operand_value() const
{
    for (const option& o : options_)
        if (o.section.empty() && o.name == operand_)
            return o.value_name;
    return {};
}

bool options::has_sections() const
{
    if (!kinds_.empty())
        return true;
    for (const option& o : options_)
        if (!o.section.empty())
            return true;
    return false;
}

int run_program(const char* name, const std::function<int()>& body)
{
    install_crash_handlers(name);
    crash_stack stack;
    try {
        return body();
    } catch (const fatal& e) {
        std::fprintf(stderr, "%s: %s\n", name, e.what());
        return e.code();
    } catch (const std::exception& e) {
        std::fprintf(stderr, "%s: %s\n", name, e.what());
        return exit_software;
    }
}

} // namespace pier::ops
