# Run as a script: turns every file beneath FOLDER into a table of pier::files::embedded_file named NAME in OUTPUT.
file(GLOB_RECURSE files RELATIVE ${FOLDER} ${FOLDER}/*)
list(SORT files)
set(arrays "")
set(table "")
set(n 0)
foreach(file IN LISTS files)
    file(READ ${FOLDER}/${file} hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    file(SIZE ${FOLDER}/${file} size)
    string(APPEND arrays "const unsigned char file_${n}[] = {${bytes}0};\n")
    string(APPEND table "    {\"/${file}\", {reinterpret_cast<const char*>(file_${n}), ${size}}},\n")
    math(EXPR n "${n} + 1")
endforeach()
file(WRITE ${OUTPUT} "// Made from ${NAME} at build time.
#include \"pier/files/resource.hpp\"

namespace {

${arrays}
const pier::files::embedded_file table[] = {
${table}};

} // namespace

std::span<const pier::files::embedded_file> ${NAME}()
{
    return table;
}
")
