#include "pier/upper/texts.hpp"

#include <cerrno>
#include <cstdio>
#include <unistd.h>
#include <utility>

namespace pier::upper {

texts::texts(const std::vector<std::string>& words, std::size_t longest)
    : longest_(longest), given_(!words.empty()), lines_(words.empty())
{
    for (const std::string& word : words)
        words_.append(&word == &words.front() ? "" : " ").append(word);
}

texts::outcome texts::next(std::string& into, const net::interrupt& ctrl_c, const std::string& prompt)
{
    if (!lines_) {
        into = std::move(words_);
        return std::exchange(given_, false) ? outcome::text : outcome::end;
    }
    bool typed = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
    if (typed) {
        std::fputs(prompt.c_str(), stdout);
        std::fflush(stdout);
    }
    char piece[64 * 1024];
    while (!take_line(into)) {
        if (input_.size() > longest_)
            return outcome::too_long;
        if (ended_)
            return outcome::end;
        pollfd on{STDIN_FILENO, POLLIN, 0};
        if (ctrl_c.wait({&on, 1}) == net::interrupt::outcome::interrupted)
            return outcome::interrupted;
        ssize_t got = ::read(STDIN_FILENO, piece, sizeof piece);
        if (got < 0 && errno != EINTR && errno != EAGAIN)
            return outcome::failed;
        ended_ = got == 0;
        if (got > 0)
            input_.append(piece, static_cast<std::size_t>(got));
    }
    return into.size() > longest_ ? outcome::too_long : outcome::text;
}

/// The last line may have no end.
bool texts::take_line(std::string& into)
{
    auto end = input_.find('\n', searched_);
    if (end == input_.npos && !(ended_ && taken_ < input_.size())) {
        input_.erase(0, std::exchange(taken_, 0));
        searched_ = input_.size();
        return false;
    }
    into = input_.substr(taken_, end == input_.npos ? end : end - taken_);
    taken_ = searched_ = end == input_.npos ? input_.size() : end + 1;
    return true;
}

} // namespace pier::upper
