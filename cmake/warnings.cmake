# Warnings are errors under both compilers. Boost's headers are system headers: theirs are not ours.
add_library(pier_warnings INTERFACE)
target_compile_options(pier_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    # Boost 1.81 makes constants of enumerations outside their range.
    target_compile_options(pier_warnings INTERFACE -Wno-enum-constexpr-conversion)
else()
    # GCC 12 imagines strings longer than memory in `"literal" + std::string` (PR 105329, 105651), and members of
    # coroutine frames that are read before they are set.
    target_compile_options(pier_warnings INTERFACE
        -Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds)
endif()

set(PIER_SANITIZE "" CACHE STRING "Sanitizers for everything, as -fsanitize= takes them")
if(PIER_SANITIZE)
    add_compile_options(-fsanitize=${PIER_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${PIER_SANITIZE})
endif()
