// What the service does to bytes. No I/O.
#pragma once

#include <span>

namespace pier::upper {

/// a to z become A to Z in place; every other byte stays as it is, NUL and what UTF-8 uses beyond ASCII too.
/// No locale has a say, and no length changes. False: there was nothing to change.
bool uppercase(std::span<char> text);

} // namespace pier::upper
