// The codecs of those who send back what they get: the text protocol and ICMP.
#include "pier/base/big_endian.hpp"
#include "pier/ping/codec.hpp"
#include "pier/ping/text_ping.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace pier::ping {

namespace {

class text final : public codec {
public:
    explicit text(std::size_t size) : padded_(size) {}

    std::size_t size() const override { return std::max(padded_, text_ping::longest); }
    std::uint64_t first() const override { return 1; }
    void prepare(std::span<char> to) const override { std::ranges::fill(to, ' '); }

    written write(std::uint64_t sequence, std::int64_t wall, std::span<char> to) override
    {
        auto sent = static_cast<std::uint64_t>(wall / 1'000'000);
        std::string words = text_ping{sequence, sent}.to_string();
        std::memcpy(to.data(), words.data(), words.size());
        return {sent, std::max(words.size(), padded_)};
    }

    std::optional<answer> read(std::span<const char> packet, const probe_table&, std::int64_t) override
    {
        auto words = text_ping::parse({packet.data(), packet.size()});
        if (!words)
            return std::nullopt;
        answer a;
        a.sequence = words->sequence;
        a.token = words->sent;
        return a;
    }

private:
    std::size_t padded_;
};

class icmp final : public codec {
public:
    icmp(std::size_t size, bool ipv6) : size_(std::max(size, least_icmp_size)), ipv6_(ipv6) {}

    std::size_t size() const override { return size_; }
    std::uint64_t first() const override { return 1; }

    void prepare(std::span<char> to) const override
    {
        std::ranges::fill(to, 0);
        to[0] = static_cast<char>(ipv6_ ? 128 : 8); // echo request; checksum and identifier are the kernel's
    }

    written write(std::uint64_t sequence, std::int64_t wall, std::span<char> to) override
    {
        store_big<std::uint16_t>(&to[6], static_cast<std::uint16_t>(sequence));
        store_big<std::uint64_t>(&to[8], sequence);
        store_big<std::uint64_t>(&to[16], static_cast<std::uint64_t>(wall));
        return {static_cast<std::uint64_t>(wall), size_};
    }

    std::optional<answer> read(std::span<const char> packet, const probe_table&, std::int64_t) override
    {
        if (packet.size() < size_ || packet[0] != static_cast<char>(ipv6_ ? 129 : 0) || packet[1] != 0)
            return std::nullopt;
        answer a;
        a.sequence = load_big<std::uint64_t>(&packet[8]);
        a.token = load_big<std::uint64_t>(&packet[16]);
        if (load_big<std::uint16_t>(&packet[6]) != static_cast<std::uint16_t>(a.sequence))
            return std::nullopt;
        return a;
    }

private:
    std::size_t size_;
    bool ipv6_;
};

} // namespace

std::unique_ptr<codec> text_codec(std::size_t size)
{
    return std::make_unique<text>(size);
}

std::unique_ptr<codec> icmp_codec(std::size_t size, bool ipv6)
{
    return std::make_unique<icmp>(size, ipv6);
}

} // namespace pier::ping
