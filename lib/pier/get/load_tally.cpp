#include "pier/get/load_tally.hpp"

#include <numeric>

namespace pier::get {

std::uint64_t load_tally::failed() const
{
    return std::accumulate(failures.begin(), failures.end(), std::uint64_t{0});
}

std::uint64_t load_tally::with_status(int hundred) const
{
    auto first = statuses.begin() + hundred * 100;
    return std::accumulate(first, first + 100, std::uint64_t{0});
}

void load_tally::fail(http::failure kind, const std::string& sentence)
{
    auto i = static_cast<std::size_t>(kind);
    ++failures[i];
    if (sentences[i].empty())
        sentences[i] = sentence;
}

load_tally& load_tally::operator+=(const load_tally& other)
{
    for (auto count : {&load_tally::begun, &load_tally::answered, &load_tally::in_time, &load_tally::unsent,
                       &load_tally::warm_up, &load_tally::head_bytes, &load_tally::body_bytes,
                       &load_tally::bytes_in_time, &load_tally::opened, &load_tally::not_opened,
                       &load_tally::closed, &load_tally::died, &load_tally::repeated})
        this->*count += other.*count;
    for (auto values : {&load_tally::latency, &load_tally::service, &load_tally::waited, &load_tally::late,
                        &load_tally::connect})
        this->*values += other.*values;
    for (std::size_t i = 0; i < status_codes; ++i)
        statuses[i] += other.statuses[i];
    for (std::size_t i = 0; i < failure_kinds; ++i) {
        failures[i] += other.failures[i];
        if (sentences[i].empty())
            sentences[i] = other.sentences[i];
    }
    return *this;
}

} // namespace pier::get
