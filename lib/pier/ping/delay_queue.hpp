// What waits until it is due, in a bounded number of bytes. In order of time, and of arrival where times are
// equal. No I/O, no clock of its own.
#pragma once

#include "pier/ping/budget.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace pier::ping {

template <class T>
class delay_queue {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// `room`: bytes, shared with other queues; it must outlive this one.
    explicit delay_queue(budget& room) : room_(room) {}
    delay_queue(const delay_queue&) = delete;
    delay_queue& operator=(const delay_queue&) = delete;
    ~delay_queue() { clear(); }

    /// False: there is no room for it.
    bool push(time_point due, std::size_t bytes, T item)
    {
        bytes += sizeof(entry);
        if (!room_.take(bytes))
            return false;
        heap_.push_back({due, next_++, bytes, std::move(item)});
        std::push_heap(heap_.begin(), heap_.end(), later);
        return true;
    }

    /// The next one, if it is due.
    std::optional<T> pop(time_point now)
    {
        if (heap_.empty() || heap_.front().due > now)
            return std::nullopt;
        std::pop_heap(heap_.begin(), heap_.end(), later);
        std::optional<T> item(std::move(heap_.back().item));
        room_.give_back(heap_.back().bytes);
        heap_.pop_back();
        return item;
    }

    bool empty() const { return heap_.empty(); }
    std::size_t size() const { return heap_.size(); }
    /// When the next one is due. Not of an empty queue.
    time_point due() const { return heap_.front().due; }
    void clear()
    {
        for (const entry& e : heap_)
            room_.give_back(e.bytes);
        heap_.clear();
    }

private:
    struct entry {
        time_point due;
        std::uint64_t number;
        std::size_t bytes;
        T item;
    };
    static bool later(const entry& a, const entry& b)
    {
        return a.due != b.due ? a.due > b.due : a.number > b.number;
    }

    budget& room_;
    std::uint64_t next_ = 0;
    std::vector<entry> heap_;
};

} // namespace pier::ping
