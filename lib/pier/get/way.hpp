// Through whom a request goes: --proxy, or what the environment says.
#pragma once

#include "pier/http/url.hpp"

#include <optional>
#include <string>

namespace pier::get {

/// `option`: of --proxy. An empty string, or what is wrong with it.
std::string choose_proxy(const std::string& option, const http::url& to, std::optional<http::url>& into);

} // namespace pier::get
