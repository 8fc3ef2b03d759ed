#include "pier/beat/text_beat.hpp"

#include "check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier::beat;
    auto beat = read_text_beat({reinterpret_cast<const char*>(data), size});
    if (!beat)
        return 0;
    auto again = read_text_beat(write_text_beat(*beat));
    check(again && again->sequence == beat->sequence && again->sent == beat->sent - beat->sent % 1000);
    return 0;
}
