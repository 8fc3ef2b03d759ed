#include "pier/ops/options.hpp"

#include "pier/base/ascii.hpp"
#include "pier/base/text.hpp"
#include "pier/base/units.hpp"
#include "pier/ops/crash.hpp"
#include "pier/ops/exit.hpp"
#include "pier/ops/version.hpp"

#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/value_semantic.hpp>

#include <cstdio>
#include <set>

namespace pier::ops {

namespace po = boost::program_options;

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
    options_.push_back(std::move(o));
    return *this;
}

options& options::toggle(std::string name, std::string help, bool& into)
{
    return add({std::move(name), 0, "", std::move(help), "", [&into](const std::string&) {
                    into = true;
                    return std::string();
                }});
}

options& options::text(std::string name, std::string value_name, std::string help, std::string& into)
{
    return add(
        {std::move(name), 0, std::move(value_name), std::move(help), "", [&into](const std::string& value) {
             into = value;
             return std::string();
         }});
}

options& options::duration(std::string name, std::string help, std::chrono::milliseconds& into,
                           std::chrono::milliseconds least)
{
    bool seconds = into.count() % 1000 == 0 && into < std::chrono::minutes(10);
    help += " (" + (seconds ? std::to_string(into.count() / 1000) + "s" : format_duration(into)) + ")";
    return add({std::move(name), 0, "TIME", std::move(help), "", [&into, least](const std::string& value) {
                    auto parsed = parse_duration(value);
                    if (!parsed)
                        return std::string("is not a time such as 250ms, 10s or 2m");
                    if (*parsed < least)
                        return "is less than " + format_duration(least);
                    into = *parsed;
                    return std::string();
                }});
}

options& options::size(std::string name, std::string help, std::uint64_t& into, bounds allowed)
{
    help += " (" + format_size(into) + ")";
    return add({std::move(name), 0, "SIZE", std::move(help), "", [&into, allowed](const std::string& value) {
                    auto parsed = parse_size(value);
                    if (!parsed)
                        return std::string("is not a size such as 512, 64k or 2M");
                    if (*parsed < allowed.least || *parsed > allowed.most)
                        return "is not between " + format_size(allowed.least) + " and " +
                               format_size(allowed.most);
                    into = *parsed;
                    return std::string();
                }});
}

options& options::count(std::string name, std::string help, std::uint64_t& into, bounds allowed)
{
    return add({std::move(name), 0, "N", std::move(help), "", [&into, allowed](const std::string& value) {
                    auto parsed = parse_u64(value);
                    if (!parsed)
                        return std::string("is not a whole number");
                    if (*parsed < allowed.least)
                        return "is less than " + std::to_string(allowed.least);
                    if (*parsed > allowed.most)
                        return "is more than " + std::to_string(allowed.most);
                    into = *parsed;
                    return std::string();
                }});
}

options& options::positional(std::string value_name, option_setter set, int most)
{
    positional_name_ = std::move(value_name);
    positional_ = std::move(set);
    most_positional_ = most;
    return *this;
}

const option* options::find(std::string_view name) const
{
    for (const option& o : options_)
        if (o.name == name)
            return &o;
    return nullptr;
}

void options::unknown(const std::string& given) const
{
    std::string word = given.substr(0, given.find('='));
    word.erase(0, word.find_first_not_of('-'));
    std::vector<std::string_view> names{"help", "version"};
    for (const option& o : options_)
        names.push_back(o.name);
    std::string sentence = "unknown option `" + given + "`";
    if (auto meant = nearest(word, names))
        sentence.append("; did you mean --").append(*meant).append("?");
    else
        sentence.append("; --help lists them all");
    throw fatal(exit_usage, sentence);
}

options::next options::parse(int argc, const char* const* argv)
{
    po::options_description known;
    known.add_options()("help,h", "")("version", "");
    for (const option& o : options_) {
        std::string names = o.letter ? o.name + "," + o.letter : o.name;
        if (o.value_name.empty())
            known.add_options()(names.c_str(), "");
        else
            known.add_options()(names.c_str(), po::value<std::string>(), "");
    }
    known.add_options()("(operand)", po::value<std::vector<std::string>>(), "");
    po::positional_options_description operands;
    operands.add("(operand)", -1);
    std::vector<po::option> given;
    try {
        int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
        given = po::command_line_parser(std::vector<std::string>(argv + 1, argv + argc))
                    .options(known)
                    .positional(operands)
                    .style(style)
                    .allow_unregistered()
                    .run()
                    .options;
    } catch (const po::error& e) {
        throw fatal(exit_usage, std::string(e.what()) + "; see --help");
    }

    std::set<std::string> seen;
    int operand_count = 0;
    for (const po::option& g : given) {
        if (g.unregistered)
            unknown(g.original_tokens.empty() ? g.string_key : g.original_tokens.front());
        if (g.string_key == "help") {
            std::fputs(help().c_str(), stdout);
            return next::exit;
        }
        if (g.string_key == "version") {
            std::printf("%s %s\n", program_.c_str(), version);
            return next::exit;
        }
        std::string value = g.value.empty() ? std::string() : g.value.front();
        if (g.string_key == "(operand)") {
            if (++operand_count > most_positional_)
                throw fatal(exit_usage, "`" + value + "` is one argument too many; see --help");
            if (auto wrong = positional_(value); !wrong.empty())
                throw fatal(exit_usage, positional_name_ + " `" + value + "` " + wrong);
            continue;
        }
        const option* o = find(g.string_key);
        if (!seen.insert(o->name).second && !o->repeatable)
            throw fatal(exit_usage, "--" + o->name + " is given twice");
        if (auto wrong = o->set(value); !wrong.empty())
            throw fatal(exit_usage, "--" + o->name + ": `" + value + "` " + wrong);
    }
    return next::run;
}

std::string options::help() const
{
    std::string text = "Usage: " + program_ + " " + synopsis_ + "\n" + summary_ + "\n";
    auto line = [&text](std::string left, const std::string& right) {
        left.resize(std::max<std::size_t>(left.size() + 2, 30), ' ');
        text.append(left).append(right).append("\n");
    };
    std::string heading;
    for (const option& o : options_) {
        if (o.group != heading)
            text.append("\n").append(heading = o.group).append(":\n");
        std::string left = o.letter ? std::string("  -") + o.letter + ", --" : std::string("  --");
        left += o.name;
        if (!o.value_name.empty())
            left += " " + o.value_name;
        line(left, o.help + (o.repeatable ? "; may be repeated" : ""));
    }
    text.append("\nOther:\n");
    line("  -h, --help", "show this");
    line("  --version", "show the version");
    return text;
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
