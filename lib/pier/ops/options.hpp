// A program's options: one table that parses the command line, writes --help and knows what was probably
// meant.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace pier::ops {

/// Takes a value; returns an empty string, or what is wrong with it ("is not a size").
using option_setter = std::function<std::string(const std::string& value)>;

struct option {
    std::string name;       ///< without the dashes
    char letter = 0;        ///< its short form, if any
    std::string value_name; ///< empty: a switch
    std::string help;       ///< one line; the default, if it has one, stands in it
    std::string group;
    option_setter set;
    bool repeatable = false;
};

/// Both included.
struct bounds {
    std::uint64_t least = 0;
    std::uint64_t most = UINT64_MAX;
};

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
    /// What stands without a dash; at most `most` of them.
    options& positional(std::string value_name, option_setter set, int most = 1);

    enum class next { run, exit };
    /// Applies the command line. `exit` after --help or --version, which it prints. Throws fatal(exit_usage).
    next parse(int argc, const char* const* argv);

    std::string help() const;
    const std::vector<option>& all() const { return options_; }

private:
    const option* find(std::string_view name) const;
    [[noreturn]] void unknown(const std::string& given) const;

    std::string program_, synopsis_, summary_, group_;
    std::vector<option> options_;
    std::string positional_name_;
    option_setter positional_;
    int most_positional_ = 0;
};

/// Exit code of `body`, which may throw fatal: its sentence goes to standard error after the program's name.
/// A crash in it is told as crash.hpp says.
int run_program(const char* name, const std::function<int()>& body);

} // namespace pier::ops
