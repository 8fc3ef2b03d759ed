// Draws the run on the terminal while it happens, as large as the terminal is at that moment.
#pragma once

#include "pier/ping/console.hpp"
#include "pier/ping/observer.hpp"

#include <vector>

namespace pier::ping {

class plot_observer final : public observer {
public:
    explicit plot_observer(console& out);

    void begin(std::span<const target* const> all) override;
    void tick(std::int64_t now) override;
    std::int64_t next_tick() const override { return next_; }
    void finish(std::span<const target* const> all) override;

    static constexpr std::int64_t frame = 100'000'000; ///< nanoseconds between pictures

private:
    void draw();

    console& out_;
    std::vector<const target*> all_;
    std::int64_t next_;
    bool colour_;
};

} // namespace pier::ping
