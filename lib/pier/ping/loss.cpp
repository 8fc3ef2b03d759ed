#include "pier/ping/loss.hpp"

namespace pier::ping {

void directions::record(std::uint64_t sender, std::uint32_t reflector)
{
    if (static_cast<std::uint32_t>(sender) != reflector)
        stateful_ = true;
    if (!any_) {
        any_ = true;
        sender_ = sender;
        reflector_ = reflector;
        // The first answer: with a fresh session, what is missing in its number was lost on the way there. A
        // reflector that has counted further knows us from before, and nothing can be told of what came
        // first.
        if (reflector <= sender) {
            there_ += static_cast<std::int64_t>(sender - reflector);
            back_ += reflector;
        }
        return;
    }
    auto received = static_cast<std::int32_t>(reflector - reflector_);
    if (sender > sender_) {
        auto sent = static_cast<std::int64_t>(sender - sender_);
        if (received >= 1 && received <= sent) {
            there_ += sent - received;
            back_ += received - 1;
        } // else it has started anew: nothing can be told of this gap
        sender_ = sender;
        reflector_ = reflector;
        return;
    }
    // An answer that had been counted as lost. If the reflector saw it before the one we know, it was
    // overtaken on the way back; else on the way there, where its number is missing behind what we know.
    if (received < 0) {
        --back_;
    } else {
        --there_;
        reflector_ = std::max(reflector_, reflector);
    }
}

} // namespace pier::ping
