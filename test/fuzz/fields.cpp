#include "pier/http/fields.hpp"

#include "check.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

// The input is a value, once whole and once in two.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string_view values[] = {text, text.substr(0, size / 2), text.substr(size / 2)};
    pier::http::fields fields;
    for (auto value : values)
        fields.add("Name", value);
    auto wire = fields.text();
    check(wire.ends_with("\r\n") && std::ranges::count(wire, '\n') == 3 &&
          std::ranges::count(wire, '\r') == 3);
    std::size_t count = 0;
    fields.for_each([&](std::string_view name, std::string_view value) {
        check(count < 3 && name == "Name" && value.size() == values[count].size());
        for (std::size_t i = 0; i < value.size(); ++i)
            check(value[i] == values[count][i] || value[i] == ' ');
        ++count;
    });
    check(count == 3);
    return 0;
}
