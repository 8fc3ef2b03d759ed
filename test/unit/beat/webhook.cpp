#include "pier/beat/webhook.hpp"

#include <catch2/catch.hpp>

using namespace pier::beat;

TEST_CASE("A web hook is told the event and a sentence, with the token if there is one", "[beat][webhook]")
{
    event e;
    e.kind = event_kind::stopped;
    e.name = "we\"b";
    std::string body = webhook_body(e);
    CHECK(body.ends_with("\"text\":\"we\\\"b has stopped and said so\"}\n"));
    CHECK_THAT(body, Catch::Contains("\"event\":\"stopped\""));
    CHECK(to_json_line(e).find("text") == std::string::npos);
    CHECK(webhook_fields("").text().find("Authorization") == std::string_view::npos);
    CHECK_THAT(std::string(webhook_fields("t0ken").text()),
               Catch::Contains("Authorization: Bearer t0ken\r\n"));
    CHECK(is_taken(204));
    CHECK_FALSE(is_taken(301));
}
