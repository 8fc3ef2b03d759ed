#include "pier/base/big_endian.hpp"
#include "pier/ping/codec.hpp"
#include "pier/ping/stamp.hpp"

#include <algorithm>

namespace pier::ping {

namespace {

class stamp final : public codec {
public:
    stamp(std::size_t size, std::uint16_t ssid, const hmac_key* key)
        : mode_(key ? stamp_mode::authenticated : stamp_mode::unauthenticated),
          size_(std::max(size, base_size(mode_))), ssid_(ssid)
    {
        if (key)
            hmac_.emplace(*key);
    }

    std::size_t size() const override { return size_; }

    void prepare(std::span<char> to) const override
    {
        std::ranges::fill(to, 0);
        if (std::size_t base = base_size(mode_); size_ >= base + 4) {
            // RFC 8972 4.1: flags (U set, for the reflector to clear), type 1, length of the value.
            to[base] = static_cast<char>(0x80);
            to[base + 1] = 1;
            store_big<std::uint16_t>(&to[base + 2], static_cast<std::uint16_t>(size_ - base - 4));
        }
    }

    written write(std::uint64_t sequence, std::int64_t wall, std::span<char> to) override
    {
        sender_packet p;
        p.sequence = static_cast<std::uint32_t>(sequence);
        p.timestamp = to_timestamp(wall, timestamp_format::ntp);
        p.error = error_;
        p.ssid = ssid_;
        ping::write(p, mode_, to);
        if (hmac_)
            hmac_->sign(to.first(base_size(mode_)));
        return {p.timestamp, size_};
    }

    std::optional<answer> read(std::span<const char> packet, const probe_table& sent,
                               std::int64_t about) override
    {
        auto p = parse_reflector(packet, mode_);
        if (!p || !p->error.valid() || (hmac_ && !hmac_->verifies(packet.first(base_size(mode_)))))
            return std::nullopt;
        answer a;
        // One that we never sent stays one: next() is none of ours yet.
        a.sequence = sent.unwrap(p->sender_sequence).value_or(sent.next());
        a.token = p->sender_timestamp;
        auto format = p->error.format();
        a.reflected = reflection{p->sequence, from_timestamp(p->received, format, about),
                                 from_timestamp(p->timestamp, format, about), p->error, p->sender_ttl};
        return a;
    }

    void clock(error_estimate ours) override { error_ = ours; }

private:
    stamp_mode mode_;
    std::size_t size_;
    std::uint16_t ssid_;
    error_estimate error_;
    std::optional<hmac> hmac_;
};

} // namespace

std::unique_ptr<codec> stamp_codec(std::size_t size, std::uint16_t ssid, const hmac_key* key)
{
    return std::make_unique<stamp>(size, ssid, key);
}

} // namespace pier::ping
