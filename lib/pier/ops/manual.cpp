#include "pier/ops/manual.hpp"

#include "pier/base/ascii.hpp"
#include "pier/ops/version.hpp"

namespace pier::ops {

namespace {

/// Within a line: what troff would read as its own is named.
std::string escape(std::string_view text)
{
    std::string escaped;
    for (char c : text) {
        switch (c) {
        case '\\': escaped += "\\e"; break;
        case '-': escaped += "\\-"; break;
        case '`': escaped += "\\(ga"; break;
        case '\'': escaped += "\\(aq"; break;
        case '"': escaped += "\\(dq"; break;
        case '~': escaped += "\\(ti"; break;
        case '^': escaped += "\\(ha"; break;
        default: escaped += c;
        }
    }
    return escaped;
}

/// The same where a line may begin, which a dot would make a request.
std::string roff(std::string_view text)
{
    return text.starts_with('.') ? "\\&" + escape(text) : escape(text);
}

std::string bold(std::string_view text)
{
    return "\\fB" + roff(text) + "\\fR";
}

/// Capitals stand for something, all else is meant literally.
std::string value(std::string_view name)
{
    std::string text;
    bool placeholder = false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (is_upper(name[i]) != placeholder) {
            placeholder = !placeholder;
            text += placeholder ? "\\fI" : "\\fR";
        }
        text += escape(name.substr(i, 1));
    }
    return placeholder ? text + "\\fR" : text;
}

std::string paragraph_of(const option& o)
{
    std::string text = ".TP\n";
    if (o.letter)
        text.append(bold(std::string("-") + o.letter)).append(", ");
    text += bold("--" + o.full_name());
    if (!o.value_name.empty())
        text.append(o.value_name.front() == '[' ? "" : " ").append(value(o.value_name));
    return text + "\n" + roff(o.help) + ".\n";
}

std::string configuration_of(const options& table)
{
    const option* shown = nullptr;
    for (const option& o : table.all())
        if (!shown || o.name == "log-level")
            shown = &o;
    std::string text = ".SH CONFIGURATION\n";
    text += "The file of " + bold("--config") + " holds lines " + bold("key = value") +
            ", where a key is an option without its dashes. A line that starts with " + bold("#") + " or " +
            bold(";") +
            " is a comment. A value in double quotes keeps its spaces and may hold \\e\\(dq, \\e\\e, \\en, "
            "\\er and \\et. An option that may be repeated has a line for each of its values. "
            "A switch is " +
            bold("yes") + " or " + bold("no") + ".\n";
    if (table.has_sections())
        text += "The options of a service stand beneath its name in brackets, " + bold("[httpd]") +
                ", without the name and the dot before them.\n";
    text +=
        ".PP\nThe command line beats the environment, which beats the file. A list given in one place "
        "replaces that of a lower one. " +
        bold("--check-config") + " prints the outcome, and " + bold("--no-NAME") +
        " turns the switch of that name off.\n.SH ENVIRONMENT\n" +
        "Each option may be given as a variable, its name in capitals with underscores" +
        (shown ? ": " + bold(table.variable(*shown)) + " is " + bold("--" + shown->full_name()) : "") +
        ". Of an option that may be repeated, each line of the variable is a value. The file itself may be "
        "named by " +
        bold(table.variable({.name = "config", .value_name = "FILE", .help = ""})) + ".\n";
    return text;
}

} // namespace

int manual_section(const std::string& program)
{
    return program == "pier" || program.ends_with('d') ? 8 : 1;
}

std::string manual_page(const options& table)
{
    std::string capitals = table.program();
    for (char& c : capitals)
        c = to_upper(c);
    std::string name = roff(table.program());
    std::string text = ".\\\" Made from the table of options of " + table.program() + ".\n";
    text += ".TH " + roff(capitals) + " " + std::to_string(manual_section(table.program())) +
            " \"\" \"Pier " + version + "\" \"Pier\"\n";
    text += ".SH NAME\n" + name + " \\- " + roff(table.summary()) + "\n";
    text += ".SH SYNOPSIS\n" + bold(table.program()) + " " + value(table.synopsis()) + "\n.SH OPTIONS\n";
    std::string heading;
    for (const option& o : table.documented()) {
        std::string own = o.section.empty() ? o.group : "[" + o.section + "] " + o.group;
        if (own != heading)
            text += ".SS \"" + roff(heading = own) + "\"\n";
        text += paragraph_of(o);
    }
    text += configuration_of(table);
    text += ".SH EXIT STATUS\n";
    if (!table.exit_status().empty())
        return text + roff(table.exit_status()) + "\n";
    text +=
        "Those of sysexits.h: 0 when all went well, 64 for a wrong command line, 66 for a "
        "file that is missing, 69 for an address that cannot be listened on, 73 for a file that cannot be "
        "written, 78 for a wrong configuration.\n";
    return text;
}

} // namespace pier::ops
