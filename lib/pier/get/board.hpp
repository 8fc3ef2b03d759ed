// Standard error while downloads run: lines that stay, and beneath them, on a terminal, lines that are
// painted over.
#pragma once

#include "pier/get/progress.hpp"

#include <span>
#include <string>

namespace pier::get {

class board {
public:
    enum class style { silent, plain, terminal };
    explicit board(style s) : style_(s) {}
    ~board() { clear(); }

    /// A line that stays, without its end.
    void say(const std::string& line);
    /// The lines of what runs, and their sum where they are several.
    void paint(std::span<const progress> running, const progress& sum);
    void clear();
    bool paints() const { return style_ != style::silent; }

private:
    void put(const std::string& text);

    const style style_;
    std::size_t painted_ = 0; ///< lines
};

} // namespace pier::get
