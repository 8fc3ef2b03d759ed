// Where a client's texts come from: its arguments, or the lines of standard input.
#pragma once

#include "pier/net/interrupt.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace pier::upper {

class texts {
public:
    /// The words, if there are any, joined by spaces, are the only text. `longest`: of a line.
    texts(const std::vector<std::string>& words, std::size_t longest);

    enum class outcome { text, end, too_long, failed, interrupted };
    /// `prompt` is printed before waiting for a line that somebody is to type.
    outcome next(std::string& into, const net::interrupt& ctrl_c, const std::string& prompt);

private:
    bool take_line(std::string& into);

    const std::size_t longest_;
    std::string words_;
    bool given_ = false; ///< words_ is still to be taken
    bool lines_ = false;
    bool ended_ = false;
    std::string input_;
    std::size_t searched_ = 0; ///< of input_: there is no line's end before
    std::size_t taken_ = 0;
};

} // namespace pier::upper
