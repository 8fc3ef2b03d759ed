#include "pier/ping/timeline.hpp"

#include <algorithm>

namespace pier::ping {

void timeline::join(column& to, const column& next)
{
    if (next.answered()) {
        to.least = to.answered() ? std::min(to.least, next.least) : next.least;
        to.most = std::max(to.most, next.most);
    }
    to.probes += next.probes;
    to.lost += next.lost;
    to.sum += next.sum;
}

void timeline::add(const column& one)
{
    if (!columns_.empty() && columns_.back().probes < each_) {
        join(columns_.back(), one);
        return;
    }
    if (columns_.size() == most_columns) {
        for (std::size_t i = 0; i < most_columns / 2; ++i) {
            column joined = columns_[2 * i];
            join(joined, columns_[2 * i + 1]);
            columns_[i] = joined;
        }
        columns_.resize(most_columns / 2);
        each_ *= 2;
    }
    columns_.push_back(one);
}

} // namespace pier::ping
