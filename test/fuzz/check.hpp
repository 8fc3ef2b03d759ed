// What fuzz targets assert with: NDEBUG does not silence it.
#pragma once

inline void check(bool holds)
{
    if (!holds)
        __builtin_trap();
}
