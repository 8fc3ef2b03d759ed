# `cpack -G DEB`: pier, the programs, and pier-dev, the library to build servers with.
install(FILES packaging/systemd/pier-httpd.service packaging/systemd/pier-httpd.socket packaging/systemd/pier.service
    DESTINATION lib/systemd/system)
install(FILES packaging/systemd/pier-beatd.service packaging/systemd/pier-pingd.service packaging/systemd/pier-pingd.socket DESTINATION lib/systemd/system)
install(FILES packaging/systemd/pier-upperd.service packaging/systemd/pier-upperd.socket DESTINATION lib/systemd/system)
install(FILES packaging/etc/upperd.ini DESTINATION ${CMAKE_INSTALL_SYSCONFDIR}/pier)
install(FILES packaging/etc/beatd.ini packaging/etc/httpd.ini packaging/etc/pier.ini packaging/etc/pingd.ini DESTINATION ${CMAKE_INSTALL_SYSCONFDIR}/pier)
install(FILES packaging/etc/logrotate DESTINATION ${CMAKE_INSTALL_SYSCONFDIR}/logrotate.d RENAME pier)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/pier RENAME copyright)
install(FILES CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/pier)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/pier-dev RENAME copyright COMPONENT development)

set(CPACK_PACKAGE_NAME pier)
set(CPACK_PACKAGE_CONTACT "Pier's maintainers <pier@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL runtime development)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/packaging/debian/arrange.cmake)

set(debian ${PROJECT_SOURCE_DIR}/packaging/debian)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS OFF)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME pier)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION httpd)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_RECOMMENDS "ca-certificates, libidn2-0")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SUGGESTS "logrotate, systemd")
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION "A file server, pier-httpd, and pier, which runs all services in one process.
Nothing is started when it is installed.")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA
    ${debian}/postinst ${debian}/prerm ${debian}/postrm ${debian}/conffiles)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME pier-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "libboost1.81-dev, libboost-program-options1.81-dev, libbrotli-dev, libcrypt-dev, libspdlog-dev, libssl-dev, libzstd-dev, zlib1g-dev")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Headers, static libraries and the CMake package, to build network daemons with.")
include(CPack)
