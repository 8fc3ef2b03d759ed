#include "pier/get/wait.hpp"

namespace pier::get {

void turns::through(std::size_t place)
{
    done_.insert(place);
    while (done_.erase(now_) != 0)
        ++now_;
    bell_.ring();
}

} // namespace pier::get
