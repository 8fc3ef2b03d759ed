// The fields of an outgoing message, kept as they go on the wire of HTTP/1; HTTP/2 walks them with for_each.
#pragma once

#include "pier/base/swar.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace pier::http {

/// Walks complete field lines: `visit(name, value)`.
template <class Visit>
void for_each_field(std::string_view lines, Visit visit)
{
    while (!lines.empty()) {
        auto end = lines.find("\r\n");
        auto colon = lines.find(": ");
        visit(lines.substr(0, colon), lines.substr(colon + 2, end - colon - 2));
        lines.remove_prefix(end + 2);
    }
}

class fields {
public:
    /// Control bytes in `value` become spaces: whatever it was made from, it stays one line (RFC 9110 5.5).
    void add(std::string_view name, std::string_view value)
    {
        text_.append(name).append(": ");
        std::size_t start = text_.size();
        text_.append(value).append("\r\n");
        auto control = [](std::uint64_t word) { return has_less(word, 0x20) | has_byte(word, 0x7f); };
        if (any_word(value, ' ', control))
            for (std::size_t i = start; i < start + value.size(); ++i)
                if (static_cast<unsigned char>(text_[i]) < 0x20 || text_[i] == 0x7f)
                    text_[i] = ' ';
    }

    void clear() { text_.clear(); }
    void reserve(std::size_t bytes) { text_.reserve(bytes); }
    bool empty() const { return text_.empty(); }
    /// Complete lines, each with its CRLF.
    std::string_view text() const { return text_; }

    /// `visit(name, value)` in order.
    template <class Visit>
    void for_each(Visit visit) const
    {
        for_each_field(text_, visit);
    }

private:
    std::string text_;
};

/// Fields made once and sent often, or the first of them.
struct shared_fields {
    std::shared_ptr<const fields> all;
    std::size_t used = 0; ///< bytes of their text

    std::string_view text() const { return all ? all->text().substr(0, used) : std::string_view(); }
};

} // namespace pier::http
