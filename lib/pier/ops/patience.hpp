// Work that may hang on a dead disk, for a thread that must not.
#pragma once

#include "pier/ops/exit.hpp"

#include <chrono>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>

namespace pier::ops {

/// What `work` returns, or nothing when that takes longer than `at_most`: then it goes on by itself, so it
/// owns all that it touches. Throws the ops::fatal that `work` throws; it throws nothing else.
template <class Work>
auto finish_within(std::chrono::milliseconds at_most, Work work) -> std::optional<decltype(work())>
{
    struct failure {
        exit_code code;
        std::string sentence;
    };
    using outcome = std::variant<decltype(work()), failure>;
    // A failure crosses between the threads as a value: who frees an exception that two of them hold is a
    // matter of the runtime library, into which no sanitizer looks.
    std::packaged_task<outcome()> task([work = std::move(work)]() -> outcome {
        try {
            return work();
        } catch (const fatal& e) {
            return failure{e.code(), e.what()};
        }
    });
    auto result = task.get_future();
    std::thread(std::move(task)).detach();
    if (result.wait_for(at_most) != std::future_status::ready)
        return std::nullopt;
    outcome done = result.get();
    if (auto* failed = std::get_if<failure>(&done))
        throw fatal(failed->code, failed->sentence);
    return std::get<0>(std::move(done));
}

} // namespace pier::ops
