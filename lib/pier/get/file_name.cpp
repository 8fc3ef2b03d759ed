#include "pier/get/file_name.hpp"

#include "pier/base/utf8.hpp"

namespace pier::get {

namespace {

bool is_control(std::string_view character)
{
    auto first = static_cast<unsigned char>(character[0]);
    bool c1 = character.size() == 2 && first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
    return first < 0x20 || first == 0x7f || c1;
}

} // namespace

std::string file_name_of(std::string_view segment)
{
    if (segment.empty() || segment == "." || segment == "..")
        return "index.html";
    if (segment.size() > longest_name)
        return {};
    std::string name;
    while (!segment.empty()) {
        std::size_t length = utf8_length(segment);
        std::string_view character = segment.substr(0, length == 0 ? 1 : length);
        bool first = name.empty() && (character == "." || character == "-");
        bool plain = length != 0 && !is_control(character) && character != "/" && !first;
        name.append(plain ? character : "_");
        segment.remove_prefix(character.size());
    }
    return name;
}

} // namespace pier::get
