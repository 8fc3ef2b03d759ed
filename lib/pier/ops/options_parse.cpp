// The layers: what the file, the environment and the command line say, and which of them counts.
#include "pier/base/ascii.hpp"
#include "pier/base/text.hpp"
#include "pier/base/unique_fd.hpp"
#include "pier/ops/completion.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/manual.hpp"
#include "pier/ops/options.hpp"
#include "pier/ops/version.hpp"

#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/value_semantic.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <unistd.h>

namespace pier::ops {

namespace po = boost::program_options;

namespace {

constexpr std::size_t none = SIZE_MAX;

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

/// "; did you mean X?", or nothing.
std::string suggestion(std::string_view word, const std::vector<std::string>& names,
                       std::string_view before = "", std::string_view after = "")
{
    std::vector<std::string_view> views(names.begin(), names.end());
    auto meant = nearest(word, views);
    if (!meant)
        return {};
    return std::string("; did you mean ").append(before).append(*meant).append(after).append("?");
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

/// Takes the format off `--help=FORMAT`, which program_options would not let pass.
std::string take_help_format(std::vector<std::string>& words)
{
    constexpr std::string_view start = "--help=";
    for (std::string& word : words) {
        if (word == "--")
            break;
        if (!word.starts_with(start))
            continue;
        std::string format = word.substr(start.size());
        if (format != "text" && format != "man" && format != "bash")
            throw fatal(exit_usage, "--help: `" + format + "` is none of text, man, bash");
        word = "--help";
        return format;
    }
    return "text";
}

} // namespace

/// What the command line asks for besides the options.
struct options::request {
    std::string print; ///< what to print instead of running
    std::optional<std::string> config;
    bool check_config = false;
    struct said {
        std::size_t option;
        std::string where;
        std::string value;
    };
    std::vector<said> values;
    std::vector<std::string> operands;
};

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
    for (const std::string& operand : asked.operands)
        if (auto wrong = positional_(operand); !wrong.empty())
            throw fatal(exit_usage, positional_name_ + " `" + operand + "` " + wrong);
    for (const consistency& c : checks_)
        if (auto wrong = c.holds(); !wrong.empty())
            throw fatal(exit_usage, c.section.empty() ? wrong : "[" + c.section + "] " + wrong);
    if (!asked.check_config)
        return next::run;
    std::fputs(configuration().c_str(), stdout);
    return next::exit;
}

/// All that an option may be called on the command line.
std::map<std::string, options::meaning> options::spellings() const
{
    std::map<std::string, meaning> known;
    for (std::size_t i = 0; i < options_.size(); ++i) {
        const option& o = options_[i];
        std::vector<std::string> sections{o.section.empty() ? "" : o.section + "."};
        if (is_main(o))
            sections.emplace_back();
        for (const std::string& section : sections) {
            known.try_emplace(section + o.name, meaning{i});
            if (o.value_name.empty())
                known.try_emplace(section + "no-" + o.name, meaning{i, true});
        }
    }
    return known;
}

options::request options::read_command_line(std::vector<std::string> words)
{
    for (const std::string& word : words) {
        if (word == "--")
            break;
        // --kind.instance.key: the section is there as soon as it is named.
        auto end = word.rfind('.', word.find('='));
        if (word.starts_with("--") && end != word.npos && end > 2)
            make_section(std::string_view(word).substr(2, end - 2));
    }
    std::string help_format = take_help_format(words);
    auto known = spellings();
    po::options_description described;
    described.add_options()("help,h", "")("version", "")("check-config", "");
    described.add_options()("config", po::value<std::string>(), "");
    for (const auto& [spelling, means] : known) {
        const option& o = options_[means.option];
        bool short_form = o.letter && spelling == o.name;
        std::string names = short_form ? spelling + "," + o.letter : spelling;
        if (o.value_name.empty())
            described.add_options()(names.c_str(), "");
        else
            described.add_options()(names.c_str(), po::value<std::string>(), "");
    }
    described.add_options()("(operand)", po::value<std::vector<std::string>>(), "");
    po::positional_options_description operands;
    operands.add("(operand)", -1);
    std::vector<po::option> given;
    try {
        int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
        given = po::command_line_parser(words)
                    .options(described)
                    .positional(operands)
                    .style(style)
                    .allow_unregistered()
                    .run()
                    .options;
    } catch (const po::error& e) {
        throw fatal(exit_usage, std::string(e.what()) + "; see --help");
    }

    request asked;
    std::size_t operand_option = operand_.empty() ? none : find("", operand_);
    int operand_count = 0;
    for (const po::option& g : given) {
        if (g.unregistered)
            unknown_word(g.original_tokens.empty() ? g.string_key : g.original_tokens.front(), known);
        std::string value = g.value.empty() ? std::string() : g.value.front();
        if (g.string_key == "help") {
            asked.print = help_format == "man"    ? manual_page(*this)
                          : help_format == "bash" ? bash_completion(*this)
                                                  : help();
            return asked;
        }
        if (g.string_key == "version") {
            asked.print = program_ + " " + version + "\n";
            return asked;
        }
        if (g.string_key == "check-config") {
            asked.check_config = true;
        } else if (g.string_key == "config") {
            if (asked.config)
                throw fatal(exit_usage, "--config is given twice");
            asked.config = value;
        } else if (g.string_key != "(operand)") {
            auto [option, negated] = known.at(g.string_key);
            if (options_[option].value_name.empty())
                value = negated ? "no" : "yes";
            asked.values.push_back({option, "--" + g.string_key, value});
        } else if (++operand_count > most_positional_) {
            throw fatal(exit_usage, "`" + value + "` is one argument too many; see --help");
        } else if (operand_option != none) {
            asked.values.push_back({operand_option, positional_name_, value});
        } else {
            asked.operands.push_back(value);
        }
    }
    return asked;
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
            if (index == none)
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
            bool operand = s.where == positional_name_;
            throw fatal(s.from == layer::command_line ? exit_usage : exit_config,
                        s.where + (operand ? " `" : ": `") + s.value + "` " + wrong);
        }
    }
}

/// `--port` on the command line replaces the `listen` of the file, and the other way round.
void options::drop_replaced_shorthands()
{
    std::vector<std::size_t> replaced;
    for (const auto& [index, said] : settings_) {
        const option& o = options_[index];
        auto whole =
            o.shorthand_of.empty() ? settings_.end() : settings_.find(find(o.section, o.shorthand_of));
        if (whole == settings_.end())
            continue;
        auto by_whole = whole->second.back().from;
        if (by_whole != said.back().from)
            replaced.push_back(by_whole < said.back().from ? whole->first : index);
    }
    for (std::size_t index : replaced)
        settings_.erase(index);
}

/// True when `name` is, or now has become, a section of one of the kinds.
bool options::make_section(std::string_view name)
{
    auto dot = name.find('.');
    std::string_view kind = name.substr(0, dot);
    std::string instance(dot == name.npos ? "" : name.substr(dot + 1));
    auto known = std::ranges::find(kinds_, kind, &section_kind::name);
    if (known == kinds_.end() || (dot != name.npos && !is_ini_name(instance)))
        return false;
    if (std::ranges::find(made_sections_, name) != made_sections_.end())
        return true;
    made_sections_.emplace_back(name);
    section(std::string(name));
    known->declare(*this, instance);
    section("");
    return true;
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
    return none;
}

void options::unknown_word(const std::string& given, const std::map<std::string, meaning>& known) const
{
    std::string word = given.substr(0, given.find('='));
    word.erase(0, word.find_first_not_of('-'));
    std::vector<std::string> names{"help", "version", "config", "check-config"};
    for (const option& o : options_)
        names.push_back(is_main(o) ? o.name : o.full_name());
    for (const auto& [spelling, means] : known)
        names.push_back(spelling);
    auto meant = suggestion(word, names, "--");
    throw fatal(exit_usage,
                "unknown option `" + given + "`" + (meant.empty() ? "; --help lists them all" : meant));
}

void options::unknown_key(const std::string& where, const ini_entry& entry, const std::string& section) const
{
    std::vector<std::string> names;
    for (const option& o : options_)
        if (o.section == section)
            names.push_back(o.name);
    auto meant = suggestion(entry.key, names);
    for (const option& o : options_)
        if (meant.empty() && o.name == entry.key)
            meant = o.section.empty() ? "; it stands in no section" : "; it belongs to [" + o.section + "]";
    if (entry.key == "config" && meant.empty())
        meant = "; a configuration names no other";
    throw fatal(exit_config, where + "unknown key `" + entry.key + "`" +
                                 (section.empty() ? "" : " in [" + section + "]") +
                                 (meant.empty() ? "; --help lists them all" : meant));
}

void options::unknown_section(const std::string& where, const std::string& name) const
{
    std::vector<std::string> names;
    for (const option& o : options_)
        if (!o.section.empty())
            names.push_back(o.section);
    for (const section_kind& kind : kinds_)
        names.push_back(kind.name);
    throw fatal(exit_config, where + "unknown section [" + name + "]" + suggestion(name, names, "[", "]"));
}

void options::unknown_variable(const std::string& name) const
{
    // The nearest is looked for among names of one section, without what all of them begin with.
    std::string prefix = variable_prefix();
    bool is_ours = prefix != "PIER_";
    for (const option& o : options_) {
        std::string own = variable(o);
        own.resize(own.size() - o.name.size());
        if (own.size() > prefix.size() && name.starts_with(own)) {
            prefix = own;
            is_ours = true;
        }
    }
    std::vector<std::string> names;
    std::string elsewhere;
    for (const option& o : options_) {
        std::string own = variable(o);
        if (own.starts_with(prefix))
            names.push_back(own.substr(prefix.size()));
        if (own == variable_prefix() + name.substr(prefix.size()))
            elsewhere = "; did you mean " + own + "?";
    }
    if (prefix == variable_prefix())
        names.emplace_back("CONFIG");
    auto meant = elsewhere.empty() ? suggestion(name.substr(prefix.size()), names, prefix) : elsewhere;
    if (is_ours || !meant.empty())
        throw fatal(exit_config, name + ": there is no such option" + meant);
}

} // namespace pier::ops
