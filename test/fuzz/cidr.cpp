#include "pier/base/cidr.hpp"

#include "check.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier;
    std::string_view text(reinterpret_cast<const char*>(data), size);
    auto block = cidr::parse(text);
    if (block) {
        check(block->contains(block->first));
        auto again = cidr::parse(block->to_string());
        check(again && *again == *block);
        // an address with one bit flipped is in the block exactly when the bit lies beyond the prefix
        for (unsigned bit = 0; bit < block->first.size * 8u; ++bit) {
            ip_address other = block->first;
            other.bytes[bit / 8] ^= static_cast<unsigned char>(0x80 >> bit % 8);
            check(block->contains(other) == (bit >= block->prefix));
        }
    }
    cidr_list list;
    check(list.add(text) == (block || text == "unix") && list.empty() == !(block || text == "unix"));
    return 0;
}
