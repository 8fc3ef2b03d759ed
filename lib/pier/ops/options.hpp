// A program's options: one table that reads the command line, the environment and an INI file, and writes
// --help, manual page, completion and what is in force.
#pragma once

#include "pier/ops/ini.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pier::ops {

/// Takes a value; returns an empty string, or what is wrong with it ("is not a size"). A switch is given
/// "yes" or "no".
using option_setter = std::function<std::string(const std::string& value)>;
/// The values in force, as the setter takes them; none: it is not set.
using option_getter = std::function<std::vector<std::string>()>;

/// A getter's values of an option that is empty where it is not set.
std::vector<std::string> values_if_any(const std::string& value);

struct option {
    std::string name; ///< without the dashes
    char letter = 0;  ///< its short form, if any
    /// Empty: a switch. Else what to give, alternatives between bars: words in small letters are meant
    /// literally, FILE and DIR are completed as such, other capitals stand for anything ("FILE|stderr|off").
    std::string value_name;
    /// One line. The default is added in parentheses unless it ends with some already.
    std::string help;
    std::string group{};
    option_setter set{};
    bool repeatable = false; ///< the first of a layer replaces the values of the layers below
    option_getter get{};
    /// Another way to say some of that option, which shows the result: given on the command line, either
    /// replaces what the file says of the other.
    std::string shorthand_of{};
    std::string section{}; ///< the table's to fill in, like `group`
    bool derived = false;  ///< unless it is given, `get` works it out

    /// "httpd.root", in no section "root".
    std::string full_name() const { return section.empty() ? name : section + "." + name; }
};

/// Both included.
struct bounds {
    std::uint64_t least = 0;
    std::uint64_t most = UINT64_MAX;
};

class options;

/// Declares the options of a section's instance (an empty string for `[kind]` alone) when one is first named.
using section_factory = std::function<void(options& table, const std::string& instance)>;

/// Layers: the command line beats the environment, which beats the file of --config. A key of the file's
/// section is `--section.key` on the command line and PIER_SECTION_KEY in the environment.
class options {
public:
    /// `synopsis` follows the program's name in the first line of --help.
    options(std::string program, std::string synopsis, std::string summary);

    /// Options added from here on stand under this heading.
    options& group(std::string heading);
    options& add(option o);
    options& toggle(std::string name, std::string help, bool& into);
    options& text(std::string name, std::string value_name, std::string help, std::string& into);
    options& duration(std::string name, std::string help, std::chrono::milliseconds& into,
                      std::chrono::milliseconds least = std::chrono::milliseconds(1));
    options& size(std::string name, std::string help, std::uint64_t& into, bounds allowed = {});
    options& count(std::string name, std::string help, std::uint64_t& into, bounds allowed = {});
    /// One of some words: choice("accept", "...", into, {{"spread", spread}, {"deal", deal}}).
    template <class T>
    options& choice(std::string name, std::string help, T& into,
                    std::initializer_list<std::pair<std::string_view, std::type_identity_t<T>>> words);
    /// The option added last has this short form.
    options& letter(char l);
    /// The option added last, where it is not given, is in force with this value.
    options& derived(option_getter get);

    /// What stands without a dash: at most `most` words for this one, `least` at least, then for the next one
    /// declared. What follows `--` is never an option.
    options& positional(std::string value_name, option_setter set, int most = 1, int least = 0);
    /// All that follows `--`, as it stands, is another program's command line.
    options& command(std::vector<std::string>& into);
    /// A word without a dash is the value of this option, called `value_name` where both could be meant.
    options& operand(std::string option_name, std::string value_name);

    /// Options added from here on belong to `[name]`; an empty name goes back to those of no section.
    options& section(std::string name);
    /// On the command line, this section's options may be written without it.
    options& main_section(std::string name);
    /// `[kind]` and `[kind.INSTANCE]` make their options when they are named.
    options& sections(std::string kind, section_factory declare);

    /// What the manual page says of exit codes, where it is not what it says of servers.
    options& exit_status(std::string text);

    /// Asked when all values are set, in the order given: an empty string, or what is wrong with them
    /// together.
    options& check(std::function<std::string()> holds);

    enum class next { run, exit };
    /// Applies file, environment (by default the process's) and command line. `exit` after what only prints:
    /// --help, --version, --check-config. Throws fatal.
    next parse(int argc, const char* const* argv, const char* const* environment = nullptr);

    std::string help() const;
    /// What is in force, as an INI file that says the same.
    std::string configuration() const;

    const std::string& program() const { return program_; }
    const std::string& synopsis() const { return synopsis_; }
    const std::string& summary() const { return summary_; }
    const std::vector<option>& all() const { return options_; }
    /// All and those that every program has, a section of each kind as [kind.NAME]; defaults in their help.
    std::vector<option> documented() const;
    /// "PIER_HTTPD_ROOT".
    std::string variable(const option& o) const;
    bool has_sections() const;
    /// What a word without a dash stands for, as option::value_name; empty: nothing, or anything.
    std::string operand_value() const;
    const std::string& exit_status() const { return exit_status_; }
    /// Also written without its section on the command line.
    bool is_main(const option& o) const { return !o.section.empty() && o.section == main_section_; }

private:
    enum class layer { file, environment, command_line };
    struct setting {
        layer from;
        std::string where; ///< for messages: "--root", "PIER_HTTPD_ROOT", "pier.ini:12: root"
        std::string value;
    };
    struct section_kind {
        std::string name;
        section_factory declare;
    };
    struct meaning {
        std::size_t option;
        bool negated = false;
    };
    struct positional_words {
        std::string name;
        option_setter set;
        int most, least;
    };
    struct consistency {
        std::string section;
        std::function<std::string()> holds;
    };
    /// What the command line asks for.
    struct request {
        struct said {
            std::size_t option;
            std::string where;
            std::string value;
        };
        std::string print; ///< instead of running
        std::optional<std::string> config;
        bool check_config = false;
        std::vector<said> values;
        std::vector<std::string> operands; ///< that are no option's values
        bool has_operand = false;          ///< that is one
        std::vector<std::string> command;
    };
    static constexpr std::size_t nowhere = SIZE_MAX;

    // options_command_line.cpp
    request read_command_line(std::vector<std::string> words);
    std::vector<std::string> take_command(std::vector<std::string>& words) const;
    void make_named_sections(const std::vector<std::string>& words);
    bool make_section(std::string_view name);
    std::map<std::string, meaning> spellings() const;
    void take_operand(request& asked, std::string value) const;
    void take_option(request& asked, const std::string& spelling, meaning means, std::string value) const;
    void take_common(request& asked, const std::string& name, const std::string& help_format,
                     std::string value) const;

    // options_parse.cpp
    void read_file(const std::string& path);
    void read_sections(const std::string& path, const ini_sections& sections);
    void read_environment(const char* const* environment);
    void apply();
    void apply_operands(const request& asked);
    void drop_replaced_shorthands();
    void give(std::size_t option, layer from, std::string where, std::string value);
    bool is_own_section(std::string_view name) const;
    std::size_t find(std::string_view section, std::string_view name) const; ///< or nowhere
    std::string variable_prefix() const;

    // options_unknown.cpp
    [[noreturn]] void unknown_word(const std::string& given,
                                   const std::map<std::string, meaning>& known) const;
    [[noreturn]] void unknown_key(const std::string& where, const ini_entry& entry,
                                  const std::string& section) const;
    [[noreturn]] void unknown_section(const std::string& where, const std::string& name) const;
    void unknown_variable(const std::string& name) const; ///< returns where it may be somebody else's

    // options_help.cpp
    std::vector<std::size_t> in_order() const;
    std::string said_by(std::size_t option) const;
    std::string configuration_lines(std::size_t option) const;

    std::string program_, synopsis_, summary_, group_, section_, main_section_;
    std::vector<option> options_;
    std::vector<section_kind> kinds_;
    std::vector<std::string> made_sections_;
    std::vector<consistency> checks_;
    std::map<std::size_t, std::vector<setting>> settings_; ///< by option: of the highest layer that has any
    std::string operand_, operand_name_, exit_status_;
    std::vector<positional_words> positional_;
    std::vector<std::string>* command_ = nullptr;
};

template <class T>
options& options::choice(std::string name, std::string help, T& into,
                         std::initializer_list<std::pair<std::string_view, std::type_identity_t<T>>> words)
{
    std::vector<std::pair<std::string, T>> known(words.begin(), words.end());
    std::string bars, commas;
    for (const auto& [word, value] : known) {
        bars.append(bars.empty() ? "" : "|").append(word);
        commas.append(commas.empty() ? "" : ", ").append(word);
    }
    option o{std::move(name), 0, std::move(bars), std::move(help)};
    o.set = [&into, known, commas](const std::string& given) {
        for (const auto& [word, value] : known)
            if (word == given) {
                into = value;
                return std::string();
            }
        return "is none of " + commas;
    };
    o.get = [&into, known] {
        std::vector<std::string> in_force;
        for (const auto& [word, value] : known)
            if (value == into)
                in_force.push_back(word);
        return in_force;
    };
    return add(std::move(o));
}

/// Exit code of `body`, which may throw fatal: its sentence goes to standard error after the program's name.
/// A crash in it is told as crash.hpp says.
int run_program(const char* name, const std::function<int()>& body);

} // namespace pier::ops
