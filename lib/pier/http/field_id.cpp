#include "pier/http/field_id.hpp"

#include "pier/base/ascii.hpp"

namespace pier::http {

/// By length first: most fields of a request are settled by one comparison, or by none.
field_id identify_field(std::string_view name)
{
    auto either = [name](std::string_view candidate, field_id id) {
        return iequals(name, candidate) ? id : field_id::other;
    };
    switch (name.size()) {
    case 4: return either("host", field_id::host);
    case 5: return either("range", field_id::range);
    case 6: return either("expect", field_id::expect);
    case 7: return either("referer", field_id::referer);
    case 8:
        return (name[3] | 0x20) == 'm' ? either("if-match", field_id::if_match)
                                       : either("if-range", field_id::if_range);
    case 9: return either("forwarded", field_id::forwarded);
    case 10:
        return (name[0] | 0x20) == 'c' ? either("connection", field_id::connection)
                                       : either("user-agent", field_id::user_agent);
    case 13: return either("if-none-match", field_id::if_none_match);
    case 14: return either("content-length", field_id::content_length);
    case 15:
        return (name[0] | 0x20) == 'a' ? either("accept-encoding", field_id::accept_encoding)
                                       : either("x-forwarded-for", field_id::x_forwarded_for);
    case 17:
        return (name[0] | 0x20) == 't' ? either("transfer-encoding", field_id::transfer_encoding)
                                       : either("if-modified-since", field_id::if_modified_since);
    case 19: return either("if-unmodified-since", field_id::if_unmodified_since);
    default: return field_id::other;
    }
}

} // namespace pier::http
