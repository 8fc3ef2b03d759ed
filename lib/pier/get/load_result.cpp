#include "pier/get/load_result.hpp"

namespace pier::get {

bool load_result::late() const
{
    return tally.late.count() > 0 && tally.late.percentile(0.99) > punctual;
}

bool can_tell(std::uint64_t count, double percentile)
{
    return static_cast<double>(count) * (1 - percentile) > 1 - 1e-6;
}

} // namespace pier::get
