// The command line, by program_options.
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
#include <utility>

namespace pier::ops {

namespace po = boost::program_options;

namespace {

constexpr const char* operand_key = "(operand)";

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

std::vector<po::option> parse_words(const std::vector<std::string>& words,
                                    const po::options_description& known)
{
    po::positional_options_description operands;
    operands.add(operand_key, -1);
    try {
        int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
        return po::command_line_parser(words)
            .options(known)
            .positional(operands)
            .style(style)
            .allow_unregistered()
            .run()
            .options;
    } catch (const po::error& e) {
        throw fatal(exit_usage, std::string(e.what()) + "; see --help");
    }
}

void describe(po::options_description& to, const std::string& names, bool takes_value)
{
    if (takes_value)
        to.add_options()(names.c_str(), po::value<std::string>(), "");
    else
        to.add_options()(names.c_str(), "");
}

} // namespace

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
            if (o.value_name.empty()) {
                known.try_emplace(section + "no-" + o.name, meaning{i, true});
                known.try_emplace("no-" + section + o.name, meaning{i, true});
            }
        }
    }
    return known;
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

/// `--kind.instance.key`: the section is there as soon as it is named.
void options::make_named_sections(const std::vector<std::string>& words)
{
    for (const std::string& word : words) {
        if (word == "--")
            return;
        auto end = word.rfind('.', word.find('='));
        if (word.starts_with("--") && end != word.npos && end > 2)
            make_section(std::string_view(word).substr(2, end - 2));
    }
}

/// Cuts the words at `--`, where what follows is a command line of its own.
std::vector<std::string> options::take_command(std::vector<std::string>& words) const
{
    auto end = command_ ? std::ranges::find(words, "--") : words.end();
    if (end == words.end())
        return {};
    if (end + 1 == words.end())
        throw fatal(exit_usage, "no command follows `--`; see --help");
    std::vector<std::string> command(end + 1, words.end());
    words.erase(end, words.end());
    return command;
}

options::request options::read_command_line(std::vector<std::string> words)
{
    request asked;
    asked.command = take_command(words);
    make_named_sections(words);
    std::string help_format = take_help_format(words);
    auto known = spellings();
    po::options_description described;
    for (const char* common : {"help,h", "version", "check-config"})
        describe(described, common, false);
    describe(described, "config", true);
    described.add_options()(operand_key, po::value<std::vector<std::string>>(), "");
    for (const auto& [spelling, means] : known) {
        const option& o = options_[means.option];
        bool short_form = o.letter && spelling == o.name;
        describe(described, short_form ? spelling + "," + o.letter : spelling, !o.value_name.empty());
    }
    for (const po::option& given : parse_words(words, described)) {
        std::string value = given.value.empty() ? std::string() : given.value.front();
        if (given.unregistered)
            unknown_word(given.original_tokens.empty() ? given.string_key : given.original_tokens.front(),
                         known);
        if (given.string_key == operand_key)
            take_operand(asked, std::move(value));
        else if (auto means = known.find(given.string_key); means != known.end())
            take_option(asked, given.string_key, means->second, std::move(value));
        else
            take_common(asked, given.string_key, help_format, std::move(value));
        if (!asked.print.empty())
            break;
    }
    return asked;
}

void options::take_operand(request& asked, std::string value) const
{
    std::size_t most = operand_.empty() ? 0 : 1;
    for (const positional_words& p : positional_)
        most += static_cast<std::size_t>(p.most);
    if (asked.operands.size() + (asked.has_operand ? 1 : 0) == most)
        throw fatal(exit_usage, "`" + value + "` is one argument too many; see --help");
    if (operand_.empty() || std::exchange(asked.has_operand, true))
        asked.operands.push_back(std::move(value));
    else
        asked.values.push_back({find("", operand_), operand_name_, std::move(value)});
}

void options::take_option(request& asked, const std::string& spelling, meaning means, std::string value) const
{
    if (options_[means.option].value_name.empty())
        value = means.negated ? "no" : "yes";
    asked.values.push_back({means.option, "--" + spelling, std::move(value)});
}

/// What every program has.
void options::take_common(request& asked, const std::string& name, const std::string& help_format,
                          std::string value) const
{
    if (name == "version") {
        asked.print = program_ + " " + version + "\n";
    } else if (name == "check-config") {
        asked.check_config = true;
    } else if (name == "config") {
        if (asked.config)
            throw fatal(exit_usage, "--config is given twice");
        asked.config = std::move(value);
    } else if (help_format == "man") {
        asked.print = manual_page(*this);
    } else {
        asked.print = help_format == "bash" ? bash_completion(*this) : help();
    }
}

} // namespace pier::ops
