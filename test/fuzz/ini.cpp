#include "pier/ops/ini.hpp"

#include "check.hpp"

#include <cstdint>

using namespace pier::ops;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view text(reinterpret_cast<const char*>(data), size);
    auto read = read_ini(text);
    if (auto* wrong = std::get_if<ini_error>(&read)) {
        check(!wrong->what.empty() && wrong->line <= size);
        return 0;
    }
    // What is written is read back.
    auto& sections = std::get<ini_sections>(read);
    check(!sections.empty() && sections.front().name.empty());
    std::string written;
    for (const ini_section& section : sections) {
        if (!section.name.empty())
            written += "[" + section.name + "]\n";
        for (const ini_entry& entry : section.entries)
            written += entry.key + " = " + write_ini_value(entry.value) + "\n";
    }
    if (written.size() > max_ini_size)
        return 0;
    auto again = read_ini(written);
    check(std::holds_alternative<ini_sections>(again));
    auto& same = std::get<ini_sections>(again);
    check(same.size() == sections.size());
    for (std::size_t i = 0; i < sections.size(); ++i) {
        check(same[i].name == sections[i].name && same[i].entries.size() == sections[i].entries.size());
        for (std::size_t j = 0; j < sections[i].entries.size(); ++j)
            check(same[i].entries[j].key == sections[i].entries[j].key &&
                  same[i].entries[j].value == sections[i].entries[j].value);
    }
    return 0;
}
