// The head of an answer, for tests.
#pragma once

#include "pier/http/answer_head.hpp"

#include <catch2/catch.hpp>

#include <string>

/// `lines` end with CRLF each.
inline pier::http::answer_head answer(int status, const std::string& lines = "")
{
    pier::http::answer_head head;
    std::string text = "HTTP/1.1 " + std::to_string(status) + " Reason\r\n" + lines + "\r\n";
    REQUIRE(head.parse(text) == pier::http::head_parser::status::done);
    return head;
}
