// Writes JSON (RFC 8259) into a string: objects, arrays, texts, whole numbers. Commas and escapes are its
// business, the order of calls is the caller's.
#pragma once

#include "pier/base/json_text.hpp"
#include "pier/base/number.hpp"

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace pier {

class json_writer {
public:
    explicit json_writer(std::string& out) : out_(out) {}

    json_writer& begin_object() { return open('{'); }
    json_writer& end_object() { return close('}'); }
    json_writer& begin_array() { return open('['); }
    json_writer& end_array() { return close(']'); }

    json_writer& key(std::string_view name)
    {
        value(name);
        out_.push_back(':');
        comma_ = false;
        return *this;
    }
    json_writer& value(std::string_view text)
    {
        separate();
        out_.push_back('"');
        append_json_text(out_, text);
        out_.push_back('"');
        return *this;
    }
    json_writer& value(const char* text) { return value(std::string_view(text)); }
    template <std::unsigned_integral Number>
    json_writer& value(Number number)
    {
        separate();
        append_number(out_, number);
        return *this;
    }
    template <std::signed_integral Number>
        requires(!std::same_as<Number, bool>)
    json_writer& value(Number number)
    {
        return decimal(number, 0);
    }
    /// The number divided by ten to the power of `digits`: nanoseconds as milliseconds with 6.
    json_writer& decimal(std::int64_t number, unsigned digits)
    {
        separate();
        std::uint64_t size =
            number < 0 ? -static_cast<std::uint64_t>(number) : static_cast<std::uint64_t>(number);
        std::string text = std::to_string(size);
        if (text.size() <= digits)
            text.insert(0, digits + 1 - text.size(), '0');
        if (digits != 0)
            text.insert(text.size() - digits, ".");
        out_.append(number < 0 ? "-" : "").append(text);
        return *this;
    }
    json_writer& null()
    {
        separate();
        out_.append("null");
        return *this;
    }
    /// The number divided by a thousand: milliseconds as seconds.
    json_writer& thousandths(std::uint64_t number)
    {
        separate();
        append_number(out_, number / 1000);
        std::uint64_t rest = number % 1000;
        out_.append({'.', static_cast<char>('0' + rest / 100), static_cast<char>('0' + rest / 10 % 10),
                     static_cast<char>('0' + rest % 10)});
        return *this;
    }
    json_writer& value(bool truth)
    {
        separate();
        out_.append(truth ? "true" : "false");
        return *this;
    }
    template <class Value>
    json_writer& member(std::string_view name, const Value& of)
    {
        return key(name).value(of);
    }

private:
    json_writer& open(char bracket)
    {
        separate();
        out_.push_back(bracket);
        comma_ = false;
        return *this;
    }
    json_writer& close(char bracket)
    {
        out_.push_back(bracket);
        comma_ = true;
        return *this;
    }
    void separate()
    {
        if (comma_)
            out_.push_back(',');
        comma_ = true;
    }

    std::string& out_;
    bool comma_ = false;
};

} // namespace pier
