// What the table says of itself: --help, and what is in force.
#include "pier/ops/options.hpp"
#include "pier/ops/version.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace pier::ops {

namespace {

/// With its default, where it has one and does not say so itself.
std::string help_with_default(const option& o)
{
    std::string text = o.help;
    if (o.get && !o.derived && !o.value_name.empty() && !text.ends_with(')')) {
        std::string values;
        for (const std::string& value : o.get())
            values.append(values.empty() ? "" : ", ").append(value);
        if (!values.empty())
            text.append(" (").append(values).append(")");
    }
    if (o.repeatable)
        text += "; may be repeated";
    return text;
}

} // namespace

std::vector<std::size_t> options::in_order() const
{
    // By section, those of none first, else as they were added.
    std::vector<std::string> sections{""};
    for (const option& o : options_)
        if (std::ranges::find(sections, o.section) == sections.end())
            sections.push_back(o.section);
    auto place = [&](std::size_t i) {
        return std::pair(std::ranges::find(sections, options_[i].section), i);
    };
    std::vector<std::size_t> order(options_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, place);
    return order;
}

std::vector<option> options::documented() const
{
    options whole = *this;
    for (const section_kind& kind : kinds_)
        whole.make_section(kind.name + ".NAME");
    std::vector<option> all;
    for (std::size_t i : whole.in_order()) {
        all.push_back(whole.options_[i]);
        all.back().help = help_with_default(all.back());
        if (!all.back().section.empty() && !is_main(all.back()))
            all.back().letter = 0;
    }
    option common;
    common.group = "Other";
    auto add = [&](std::string name, char letter, std::string value_name, std::string help) {
        common.name = std::move(name);
        common.letter = letter;
        common.value_name = std::move(value_name);
        common.help = std::move(help);
        all.push_back(common);
    };
    add("config", 0, "FILE", "an INI file of these options, which the environment and the command line beat");
    add("check-config", 0, "", "print what is in force, as such a file, and exit");
    add("help", 'h', "[=text|man|bash]", "show this; as manual page, or as completion for bash");
    add("version", 0, "", "show the version");
    return all;
}

std::string options::help() const
{
    std::string text = "Usage: " + program_ + " " + synopsis_ + "\n" + summary_ + "\n";
    auto line = [&text](std::string left, const std::string& right) {
        constexpr std::size_t column = 30;
        if (left.size() + 2 > column)
            left.append("\n").append(column, ' ');
        else
            left.resize(column, ' ');
        text.append(left).append(right).append("\n");
    };
    std::string heading;
    for (const option& o : documented()) {
        std::string own = o.section.empty() ? o.group : "[" + o.section + "] " + o.group;
        if (own != heading)
            text.append("\n").append(heading = own).append(":\n");
        std::string left = o.letter ? std::string("  -") + o.letter + ", --" : std::string("  --");
        left += o.full_name();
        if (!o.value_name.empty())
            left += (o.value_name.front() == '[' ? "" : " ") + o.value_name;
        line(left, o.help);
    }
    text += "\n--no-NAME turns the switch NAME off.";
    if (!main_section_.empty())
        text.append(" Options of [")
            .append(main_section_)
            .append("] may be written without `")
            .append(main_section_)
            .append(".`.");
    return text + "\n";
}

/// Who gave the option its value, or those that are short for it; empty: nobody.
std::string options::said_by(std::size_t index) const
{
    std::string by;
    auto append = [&](std::size_t of) {
        auto said = settings_.find(of);
        if (said == settings_.end())
            return;
        std::string last;
        for (const setting& s : said->second) {
            std::string where = s.from == layer::file ? s.where.substr(0, s.where.rfind(": ")) : s.where;
            if (std::exchange(last, where) != where)
                by.append(by.empty() ? "" : ", ").append(where);
        }
    };
    append(index);
    for (std::size_t i = 0; i < options_.size(); ++i)
        if (options_[i].shorthand_of == options_[index].name &&
            options_[i].section == options_[index].section)
            append(i);
    return by;
}

std::string options::configuration_lines(std::size_t index) const
{
    const option& o = options_[index];
    if (!o.shorthand_of.empty())
        return "# " + o.name + ": see " + o.shorthand_of + "\n";
    std::vector<std::string> values;
    auto said = settings_.find(index);
    if (o.get)
        values = o.get();
    else if (said != settings_.end())
        for (const setting& s : said->second)
            values.push_back(s.value);
    std::string text;
    if (auto by = said_by(index); !by.empty())
        text = "# from " + by + ":\n";
    else if (o.derived)
        text = "# derived:\n";
    if (values.empty())
        return text + "# " + o.name + " is not set\n";
    for (const std::string& value : values) {
        text.append(o.name).append(" =");
        if (std::string written = write_ini_value(value); !written.empty())
            text.append(" ").append(written);
        text.append("\n");
    }
    return text;
}

std::string options::configuration() const
{
    std::string text = "# What " + program_ + " " + version + " runs with.\n";
    std::string section, heading;
    for (std::size_t i : in_order()) {
        const option& o = options_[i];
        if (o.section != section) {
            text.append("\n[").append(section = o.section).append("]\n");
            heading.clear();
        }
        if (o.group != heading)
            text.append("\n# ").append(heading = o.group).append("\n");
        text += configuration_lines(i);
    }
    return text;
}

} // namespace pier::ops
