// A request as a handler gets it, made from the text of its head.
#pragma once

#include "pier/http/message.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

class parsed_request {
public:
    /// `fields` are complete lines, each with its CRLF.
    explicit parsed_request(std::string_view fields, std::string_view method = "GET",
                            std::string_view target = "/")
        : text_(std::string(method)
                    .append(" ")
                    .append(target)
                    .append(" HTTP/1.1\r\n")
                    .append(fields)
                    .append("\r\n"))
    {
        if (head_.parse(text_) != pier::http::head_parser::status::done)
            throw std::invalid_argument("not a request: " + text_);
        request_.verb = head_.method_id();
        request_.method_name = head_.method_name(text_);
        request_.target = request_.path = head_.target(text_);
        request_.head = &head_;
        request_.base = text_.data();
    }
    parsed_request(const parsed_request&) = delete;
    parsed_request& operator=(const parsed_request&) = delete;

    const pier::http::request& operator*() const { return request_; }
    const pier::http::request* operator->() const { return &request_; }

private:
    std::string text_;
    pier::http::head_parser head_;
    pier::http::request request_;
};
