# What makes builds quick where it is present: ccache, mold.
find_program(PIER_CCACHE ccache)
if(PIER_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # One clone's objects serve the next: paths below the source folder count as relative ones. And files that
    # use a precompiled header are cached only when ccache may trust its contents and not look at times.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
        CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
        ${PIER_CCACHE})
    add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
    add_compile_options("$<$<CXX_COMPILER_ID:Clang>:SHELL:-Xclang -fno-pch-timestamp>")
endif()
find_program(PIER_MOLD mold)
if(PIER_MOLD)
    add_link_options(-fuse-ld=mold)
endif()
add_link_options(-Wl,--as-needed) # a program loads the libraries that it calls: clients without TLS no OpenSSL
message(STATUS "ccache: ${PIER_CCACHE}; mold: ${PIER_MOLD}")
