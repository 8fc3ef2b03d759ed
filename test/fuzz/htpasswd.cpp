#include "pier/http/htpasswd.hpp"

#include "check.hpp"
#include "pier/ops/exit.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier;
    std::string_view text(reinterpret_cast<const char*>(data), size);
    try {
        auto table = http::htpasswd::parse(text, "users");
        check(table.size() > 0 && !table.hash_for("").empty());
    } catch (const ops::fatal& error) {
        check(std::string_view(error.what()).starts_with("users:"));
    }
    if (auto found = http::parse_basic(text))
        check(found->user.find(':') == std::string::npos && found->user.find('\0') == std::string::npos);
    return 0;
}
