#include "pier/net/tls_names.hpp"

#include "check.hpp"

/// What a client asks for comes from outside; the first lines are names of two certificates.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier::net;
    std::string_view text(reinterpret_cast<const char*>(data), size);
    std::vector<named_certificate> all{{{}, 1}, {{}, 2}};
    for (int i = 0; i < 4; ++i) {
        auto end = text.find('\n');
        if (end == text.npos)
            break;
        all[static_cast<std::size_t>(i % 2)].names.emplace_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    tls_name_table table(all);
    std::size_t set = table.find(text);
    check(set < table.sets().size() && !table.sets()[set].empty());
    check(table.find(canonical_name(text)) == set || canonical_name(text).starts_with("*."));
    check(canonical_name(canonical_name(text)) == canonical_name(text));
    return 0;
}
