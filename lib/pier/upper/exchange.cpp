#include "pier/upper/exchange.hpp"

#include "pier/upper/uppercase.hpp"

#include <algorithm>
#include <functional>

namespace pier::upper {

void answer_matcher::sending(std::string_view text)
{
    earlier_.push_back(std::hash<std::string>{}(expected_));
    if (earlier_.size() > remembered)
        earlier_.pop_front();
    expected_ = text;
    uppercase(expected_);
}

bool answer_matcher::is_answer(std::string_view received) const
{
    return received == expected_ ||
           std::ranges::find(earlier_, std::hash<std::string_view>{}(received)) == earlier_.end();
}

} // namespace pier::upper
