#include "pier/files/config.hpp"

#include "pier/base/ascii.hpp"

namespace pier::files {

std::string config::validate() const
{
    for (const std::string& name : index)
        if (name.empty() || name.find('/') != name.npos)
            return "index: `" + name + "` is not a file name";
    for (const auto& [name, value] : headers) {
        bool named = !name.empty();
        for (char c : name)
            named = named && is_tchar(c);
        if (!named)
            return "header: `" + name + "` is not a field name";
        for (std::string_view framing :
             {"content-length", "transfer-encoding", "connection", "date", "server"})
            if (iequals(name, framing))
                return "header: " + name + " is the server's own";
    }
    return {};
}

} // namespace pier::files
