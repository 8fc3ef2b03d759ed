// The layers: what the file, the environment and the command line say, and which of them counts.
#include "pier/base/ascii.hpp"
#include "pier/base/unique_fd.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/options.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <unistd.h>

namespace pier::ops {

namespace {

std::optional<bool> parse_switch(std::string_view value)
{
    for (std::string_view on : {"yes", "true", "on", "1"})
        if (iequals(value, on))
            return true;
    for (std::string_view off : {"no", "false", "off", "0"})
        if (iequals(value, off))
            return false;
    return std::nullopt;
}

/// What was meant as one: a value goes to the end of its line.
bool has_comment(std::string_view value)
{
    return value.find(" #") != value.npos || value.find(" ;") != value.npos;
}

/// As much as a configuration may have, and a byte more if there is more.
std::string read_text_file(const std::string& path)
{
    auto failed = [&path] {
        return fatal(exit_no_input, "--config: `" + path + "` cannot be read: " + std::strerror(errno));
    };
    unique_fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file)
        throw failed();
    std::string text(max_ini_size + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            throw failed();
        if (got == 0)
            break;
        size += static_cast<std::size_t>(got);
    }
    text.resize(size);
    return text;
}

} // namespace

options::next options::parse(int argc, const char* const* argv, const char* const* environment)
{
    if (!environment)
        environment = ::environ;
    request asked = read_command_line({argv + 1, argv + argc});
    if (!asked.print.empty()) {
        std::fputs(asked.print.c_str(), stdout);
        return next::exit;
    }
    std::string config_variable = variable_prefix() + "CONFIG=";
    for (auto entry = environment; *entry && !asked.config; ++entry)
        if (std::string_view(*entry).starts_with(config_variable))
            asked.config = std::string(*entry).substr(config_variable.size());
    if (asked.config)
        read_file(*asked.config);
    read_environment(environment);
    for (auto& said : asked.values)
        give(said.option, layer::command_line, std::move(said.where), std::move(said.value));
    apply();
    apply_operands(asked);
    for (const consistency& c : checks_)
        if (auto wrong = c.holds(); !wrong.empty())
            throw fatal(exit_usage, c.section.empty() ? wrong : "[" + c.section + "] " + wrong);
    if (!asked.check_config)
        return next::run;
    std::fputs(configuration().c_str(), stdout);
    return next::exit;
}

void options::read_file(const std::string& path)
{
    auto read = read_ini(read_text_file(path));
    if (auto* wrong = std::get_if<ini_error>(&read)) {
        std::string line = wrong->line ? ":" + std::to_string(wrong->line) : "";
        throw fatal(exit_config, path + line + ": " + wrong->what);
    }
    read_sections(path, std::get<ini_sections>(read));
}

void options::read_sections(const std::string& path, const ini_sections& sections)
{
    for (const ini_section& s : sections) {
        auto where = [&path](std::size_t line) { return path + ":" + std::to_string(line) + ": "; };
        std::string name = is_own_section(s.name) ? "" : s.name;
        bool is_known = name.empty() || make_section(name) ||
                        std::ranges::any_of(options_, [&](const option& o) { return o.section == name; });
        if (!is_known)
            unknown_section(where(s.line), name);
        for (const ini_entry& entry : s.entries) {
            std::size_t index = find(name, entry.key);
            if (index == nowhere)
                unknown_key(where(entry.line), entry, name);
            give(index, layer::file, where(entry.line) + entry.key, entry.value);
        }
    }
}

/// Whatever starts with this program's prefix is meant for it. `pier` has no name of its own in its prefix,
/// so what resembles nothing is left to other programs.
void options::read_environment(const char* const* environment)
{
    std::map<std::string, std::size_t> known;
    for (std::size_t i = 0; i < options_.size(); ++i)
        if (!known.try_emplace(variable(options_[i]), i).second)
            throw fatal(exit_config, variable(options_[i]) + " would stand for two options, --" +
                                         options_[i].full_name() + " and --" +
                                         options_[known.at(variable(options_[i]))].full_name() +
                                         ": rename one's section");
    std::string prefix = variable_prefix();
    for (; *environment; ++environment) {
        std::string_view entry = *environment;
        auto equals = entry.find('=');
        if (!entry.starts_with(prefix) || equals == entry.npos)
            continue;
        std::string name(entry.substr(0, equals));
        if (name == prefix + "CONFIG")
            continue;
        auto found = known.find(name);
        if (found == known.end()) {
            unknown_variable(name);
            continue;
        }
        // Several values stand in lines of their own.
        std::string_view values = entry.substr(equals + 1);
        for (bool more = true; more;) {
            auto end = options_[found->second].repeatable ? values.find('\n') : values.npos;
            more = end != values.npos;
            give(found->second, layer::environment, name, std::string(values.substr(0, end)));
            values.remove_prefix(more ? end + 1 : values.size());
        }
    }
}

/// Layers come from the lowest to the highest.
void options::give(std::size_t option, layer from, std::string where, std::string value)
{
    auto& said = settings_[option];
    if (!said.empty() && said.back().from < from)
        said.clear();
    if (!said.empty() && !options_[option].repeatable)
        throw fatal(from == layer::command_line ? exit_usage : exit_config, where + " is given twice");
    said.push_back({from, std::move(where), std::move(value)});
}

void options::apply()
{
    drop_replaced_shorthands();
    for (auto& [index, said] : settings_) {
        const option& o = options_[index];
        for (setting& s : said) {
            std::string value = s.value;
            std::string wrong;
            if (o.value_name.empty()) {
                if (auto on = parse_switch(value))
                    value = *on ? "yes" : "no";
                else
                    wrong = "is neither yes nor no";
            }
            if (wrong.empty())
                wrong = o.set(value);
            if (wrong.empty())
                continue;
            if (s.from == layer::file && has_comment(s.value))
                wrong += "; a comment needs a line of its own";
            bool operand = s.where == operand_name_;
            throw fatal(s.from == layer::command_line ? exit_usage : exit_config,
                        s.where + (operand ? " `" : ": `") + s.value + "` " + wrong);
        }
    }
}

/// To check a configuration, what is only said on a command line may be missing.
void options::apply_operands(const request& asked)
{
    auto word = asked.operands.begin();
    for (const positional_words& p : positional_) {
        int count = 0;
        for (; count < p.most && word != asked.operands.end(); ++count, ++word)
            if (auto wrong = p.set(*word); !wrong.empty())
                throw fatal(exit_usage, p.name + " `" + *word + "` " + wrong);
        if (count < p.least && !asked.check_config)
            throw fatal(exit_usage, p.name + " is missing: " + program_ + " " + synopsis_);
    }
    if (command_)
        *command_ = asked.command;
}

/// `--port` on the command line replaces the `listen` of the file, and the other way round.
void options::drop_replaced_shorthands()
{
    std::vector<std::size_t> replaced;
    for (const auto& [index, said] : settings_) {
        const option& o = options_[index];
        bool says_nothing = o.value_name.empty() && parse_switch(said.back().value) == false;
        auto whole = o.shorthand_of.empty() || says_nothing ? settings_.end()
                                                            : settings_.find(find(o.section, o.shorthand_of));
        if (whole == settings_.end())
            continue;
        auto by_whole = whole->second.back().from;
        if (by_whole != said.back().from)
            replaced.push_back(by_whole < said.back().from ? whole->first : index);
    }
    for (std::size_t index : replaced)
        settings_.erase(index);
}

/// `[pier]` of pier, `[httpd]` of pier-httpd: the same as no section.
bool options::is_own_section(std::string_view name) const
{
    std::string_view own = program_;
    if (own.starts_with("pier-"))
        own.remove_prefix(5);
    return name == own;
}

std::size_t options::find(std::string_view section, std::string_view name) const
{
    for (std::size_t i = 0; i < options_.size(); ++i)
        if (options_[i].section == section && options_[i].name == name)
            return i;
    return nowhere;
}

} // namespace pier::ops
