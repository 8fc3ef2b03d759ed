// The log's levels by name. Pure.
#pragma once

#include "pier/ops/log.hpp"

#include <optional>
#include <string_view>

namespace pier::ops {

constexpr std::string_view to_string(level l)
{
    switch (l) {
    case level::debug: return "debug";
    case level::info: return "info";
    case level::warning: return "warning";
    case level::error: return "error";
    case level::off: break;
    }
    return "off";
}

constexpr std::optional<level> parse_level(std::string_view name)
{
    for (level l : {level::debug, level::info, level::warning, level::error, level::off})
        if (name == to_string(l))
            return l;
    return std::nullopt;
}

} // namespace pier::ops
