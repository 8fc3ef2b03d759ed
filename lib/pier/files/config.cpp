#include "pier/files/config.hpp"

#include "pier/base/ascii.hpp"

#include <algorithm>

namespace pier::files {

std::string config::validate() const
{
    for (const std::string& name : index)
        if (name.empty() || name.find('/') != name.npos)
            return "index: `" + name + "` is not a file name";
    for (auto coding = precompressed.begin(); coding != precompressed.end(); ++coding)
        if (*coding == http::content_coding::identity ||
            std::find(precompressed.begin(), coding, *coding) != coding)
            return "precompressed: a coding is named twice, or is none";
    for (const auto& [name, value] : headers) {
        bool named = !name.empty();
        for (char c : name)
            named = named && is_tchar(c);
        if (!named)
            return "header: `" + name + "` is not a field name";
        for (std::string_view framing :
             {"content-length", "transfer-encoding", "connection", "date", "server", "etag", "last-modified",
              "content-type", "content-encoding", "content-range", "accept-ranges", "vary", "cache-control",
              "x-content-type-options"})
            if (iequals(name, framing))
                return "header: " + name + " is the server's own";
    }
    return {};
}

} // namespace pier::files
