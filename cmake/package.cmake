# `cmake --install` and find_package(pier): the rooms as pier::base ... pier::upper, headers beneath include/pier.
include(CMakePackageConfigHelpers)

install(TARGETS pier_asio pier_base pier_ops pier_hmac pier_net pier_http pier_admin
    pier_beat pier_files pier_get pier_ping pier_upper
    EXPORT pier-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/lib/pier ${PROJECT_BINARY_DIR}/generated/pier
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development FILES_MATCHING PATTERN "*.hpp")
install(EXPORT pier-targets NAMESPACE pier:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/pier
    COMPONENT development)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/pier-config.cmake.in
    ${PROJECT_BINARY_DIR}/pier-config.cmake INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/pier)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/pier-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/pier-config.cmake ${PROJECT_BINARY_DIR}/pier-config-version.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/pier COMPONENT development)
