// Host names of other scripts as DNS has them (UTS #46, RFC 5891).
#pragma once

#include <optional>
#include <string>

namespace pier::http {

/// "bücher.example" as "xn--bcher-kva.example". Nothing, and in `why` what stands against it.
std::optional<std::string> to_a_labels(const std::string& host, std::string& why);

} // namespace pier::http
