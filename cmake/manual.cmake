# Run by the build: has PROGRAM write its manual page, and puts it beneath MAN where it belongs. Which section of the
# manual that is the page says itself, in its line .TH NAME SECTION.
get_filename_component(name ${PROGRAM} NAME)
file(MAKE_DIRECTORY ${MAN})
execute_process(COMMAND ${PROGRAM} --help=man OUTPUT_FILE ${MAN}/${name}.new COMMAND_ERROR_IS_FATAL ANY)
file(STRINGS ${MAN}/${name}.new title REGEX "^\\.TH " LIMIT_COUNT 1)
if(NOT title MATCHES "^\\.TH [^ ]+ ([1-9]) ")
    message(FATAL_ERROR "${name} --help=man has no line .TH NAME SECTION")
endif()
set(section ${CMAKE_MATCH_1})
file(GLOB old ${MAN}/man*/${name}.[1-9]) # of another section, if it has moved
if(old)
    file(REMOVE ${old})
endif()
file(MAKE_DIRECTORY ${MAN}/man${section})
file(RENAME ${MAN}/${name}.new ${MAN}/man${section}/${name}.${section})
