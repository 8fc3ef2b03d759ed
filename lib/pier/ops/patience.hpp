// Work that may hang on a dead disk, for a thread that must not.
#pragma once

#include <chrono>
#include <exception>
#include <future>
#include <optional>
#include <thread>
#include <utility>

namespace pier::ops {

/// What `work` returns, or nothing when that takes longer than `at_most`: then it goes on by itself, so it
/// owns all that it touches. Throws what `work` throws.
template <class Work>
auto finish_within(std::chrono::milliseconds at_most, Work work) -> std::optional<decltype(work())>
{
    std::packaged_task<decltype(work())()> task(std::move(work));
    auto result = task.get_future();
    std::thread(std::move(task)).detach();
    if (result.wait_for(at_most) != std::future_status::ready)
        return std::nullopt;
    return result.get();
}

} // namespace pier::ops
