# Run by cpack between installing and packing: what belongs neither beneath /usr nor to `cmake --install` of anybody
# else. A prefix of /usr means /etc, not /usr/etc.
set(stage ${CPACK_TEMPORARY_INSTALL_DIRECTORY}/runtime)
if(EXISTS ${stage})
    file(MAKE_DIRECTORY ${stage}/var/www/html)
    file(RENAME ${stage}/usr/etc ${stage}/etc)
endif()
