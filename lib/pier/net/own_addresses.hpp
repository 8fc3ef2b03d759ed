// The addresses of this machine, as others may know it. No I/O but the question to the kernel.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace pier::net {

/// Without ports and brackets; loopback and link-local ones are left out. At most `most`.
std::vector<std::string> own_addresses(std::size_t most = 64);

/// Of the machine; empty when it has none.
std::string own_name();

} // namespace pier::net
