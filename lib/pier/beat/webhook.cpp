#include "pier/beat/webhook.hpp"

#include "pier/ops/version.hpp"

namespace pier::beat {

std::string webhook_body(const event& e)
{
    return to_json_line(e, true);
}

http::fields webhook_fields(const std::string& token)
{
    http::fields fields;
    fields.add("User-Agent", std::string("pier-beatd/") + ops::version);
    fields.add("Content-Type", "application/json");
    if (!token.empty())
        fields.add("Authorization", "Bearer " + token);
    return fields;
}

bool is_taken(int status)
{
    return status / 100 == 2;
}

} // namespace pier::beat
