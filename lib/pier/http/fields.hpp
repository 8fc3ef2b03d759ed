// The fields of an outgoing message, kept as they go on the wire of HTTP/1; HTTP/2 walks them with for_each.
#pragma once

#include <string>
#include <string_view>

namespace pier::http {

class fields {
public:
    /// Control bytes in `value` become spaces: whatever it was made from, it stays one line (RFC 9110 5.5).
    void add(std::string_view name, std::string_view value)
    {
        text_.append(name).append(": ");
        for (char c : value)
            text_.push_back(static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c);
        text_.append("\r\n");
    }

    void clear() { text_.clear(); }
    bool empty() const { return text_.empty(); }
    /// Complete lines, each with its CRLF.
    std::string_view text() const { return text_; }

    /// `visit(name, value)` in order.
    template <class Visit>
    void for_each(Visit visit) const
    {
        std::string_view rest = text_;
        while (!rest.empty()) {
            auto end = rest.find("\r\n");
            auto colon = rest.find(": ");
            visit(rest.substr(0, colon), rest.substr(colon + 2, end - colon - 2));
            rest.remove_prefix(end + 2);
        }
    }

private:
    std::string text_;
};

} // namespace pier::http
