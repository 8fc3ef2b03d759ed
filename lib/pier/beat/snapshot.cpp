#include "pier/beat/snapshot.hpp"

#include "pier/base/big_endian.hpp"
#include "pier/base/siphash.hpp"
#include "pier/beat/heartbeat.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <concepts>
#include <type_traits>

namespace pier::beat {

namespace {

constexpr std::string_view magic = "pierbeat";
constexpr std::uint32_t version = 1;
constexpr std::size_t longest_record = 2048;
constexpr siphash_key checksum_key{0x7069657262656174,
                                   0x736e617073686f74}; ///< against accidents, not against people

class field_writer {
public:
    explicit field_writer(std::string& out) : out_(out) {}

    template <std::integral T>
    void operator()(const T& value)
    {
        using bits = std::make_unsigned_t<T>;
        char bytes[sizeof(T)];
        store_big(bytes, static_cast<bits>(value));
        out_.append(bytes, sizeof bytes);
    }
    void operator()(const bool& value) { (*this)(static_cast<std::uint8_t>(value)); }
    void operator()(const state& value) { (*this)(static_cast<std::uint8_t>(value)); }
    void operator()(const float& value) { (*this)(std::bit_cast<std::uint32_t>(value)); }
    void operator()(const double& value) { (*this)(std::bit_cast<std::uint64_t>(value)); }
    void operator()(const std::string& text)
    {
        (*this)(static_cast<std::uint8_t>(text.size()));
        out_.append(text);
    }

private:
    std::string& out_;
};

class field_reader {
public:
    explicit field_reader(std::string_view in) : in_(in) {}

    template <std::integral T>
    void operator()(T& value)
    {
        using bits = std::make_unsigned_t<T>;
        value = {};
        if (in_.size() < sizeof(T)) {
            good_ = false;
            return;
        }
        value = static_cast<T>(load_big<bits>(in_.data()));
        in_.remove_prefix(sizeof(T));
    }
    void operator()(bool& value)
    {
        std::uint8_t byte = 0;
        (*this)(byte);
        value = byte != 0;
    }
    void operator()(state& value)
    {
        std::uint8_t byte = 0;
        (*this)(byte);
        good_ = good_ && byte <= static_cast<std::uint8_t>(state::down);
        value = good_ ? static_cast<state>(byte) : state::fresh;
    }
    void operator()(float& value)
    {
        std::uint32_t bits = 0;
        (*this)(bits);
        value = std::bit_cast<float>(bits);
    }
    void operator()(double& value)
    {
        std::uint64_t bits = 0;
        (*this)(bits);
        value = std::bit_cast<double>(bits);
    }
    void operator()(std::string& text)
    {
        std::uint8_t size = 0;
        (*this)(size);
        good_ = good_ && in_.size() >= size;
        text = good_ ? in_.substr(0, size) : std::string_view();
        in_.remove_prefix(text.size());
    }
    bool is_complete() const { return good_ && in_.empty(); }

private:
    std::string_view in_;
    bool good_ = true;
};

} // namespace

/// The one list of what is kept: `Fields` writes them or reads them.
struct snapshot_access {
    template <class Sender, class Fields>
    static void visit(Sender& s, Fields& field)
    {
        field(s.name), field(s.address.size), field(s.port), field(s.now);
        for (auto& byte : s.address.bytes)
            field(byte);
        field(s.since), field(s.first_heard), field(s.last_heard), field(s.boot), field(s.sent),
            field(s.interval);
        field(s.sequence.highest_), field(s.sequence.seen_);
        field(s.intervals.count_), field(s.intervals.next_), field(s.intervals.unit_);
        for (auto& sample : s.intervals.samples_)
            field(sample);
        field(s.losses.count_), field(s.losses.next_);
        for (auto& word : s.losses.bits_)
            field(word);
        field(s.difference.last_), field(s.difference.mean_), field(s.difference.variation_);
        field(s.history.last_);
        for (auto& cell : s.history.cells_)
            field(cell);
        field(s.received), field(s.lost), field(s.late), field(s.duplicated), field(s.reordered);
        field(s.outdated), field(s.restarts), field(s.clock_steps);
    }

    /// Sums follow from the samples; what can index is in range.
    static bool make_sound(sender& s)
    {
        arrival_window& w = s.intervals;
        loss_window& l = s.losses;
        bool has_name = is_name(s.name) || (s.name.starts_with(text_prefix) && s.name.size() <= longest_name);
        bool has_address = s.address.size == 0 || s.address.size == 4 || s.address.size == 16;
        if (!has_name || !has_address || w.count_ > w.kept || w.next_ >= w.kept || !(w.unit_ > 0) ||
            !(w.unit_ < 1e9F) || l.count_ > l.kept || l.next_ >= l.kept || s.since < 0 || s.last_heard < 0 ||
            s.interval > std::chrono::milliseconds(longest_interval).count() ||
            !(s.difference.variation_ - s.difference.variation_ == 0) ||
            !(s.difference.mean_ - s.difference.mean_ == 0))
            return false;
        if ((w.count_ < w.kept && w.next_ != w.count_) || (l.count_ < l.kept && l.next_ != l.count_))
            return false;
        w.promised_ = s.interval != 0;
        w.least_ = static_cast<float>(w.promised_ ? s.interval * 1000.0
                                                  : static_cast<double>(w.unit_) * w.resolution);
        for (std::size_t i = 0; i < w.count_; ++i) {
            std::uint32_t sample = w.samples_[i];
            w.sum_ += sample;
            w.squares_ += std::uint64_t{sample} * sample;
        }
        int lost = 0;
        for (std::size_t i = 0; i < l.kept; ++i)
            lost += i < l.count_ && (l.bits_[i / 64] >> (i % 64) & 1);
        l.lost_ = static_cast<std::uint16_t>(lost);
        for (auto& cell : s.history.cells_)
            cell = (cell & 0x7f) > 6 ? 0 : cell;
        return true;
    }
};

void append_snapshot_head(std::string& out)
{
    out.append(magic);
    field_writer{out}(version);
}

void append_snapshot_record(std::string& out, std::string_view fields)
{
    field_writer writer(out);
    writer(static_cast<std::uint32_t>(fields.size()));
    writer(siphash(checksum_key, fields));
    out.append(fields);
}

void append_snapshot(std::string& out, const sender& s)
{
    std::string record;
    field_writer fields(record);
    snapshot_access::visit(s, fields);
    append_snapshot_record(out, record);
}

void append_snapshot_end(std::string& out, std::uint64_t senders)
{
    field_writer writer(out);
    writer(std::uint32_t{0});
    writer(senders);
}

snapshot_reader::snapshot_reader(std::string_view file)
{
    if (file.size() < magic.size() + 4 || !file.starts_with(magic))
        error_ = "it is no snapshot of senders";
    else if (load_big<std::uint32_t>(file.data() + magic.size()) != version)
        error_ = "it is of another version";
    else
        rest_ = file.substr(magic.size() + 4);
}

std::unique_ptr<sender> snapshot_reader::fail(std::string_view why)
{
    error_ = why;
    rest_ = {};
    return nullptr;
}

std::unique_ptr<sender> snapshot_reader::next()
{
    if (!error_.empty())
        return nullptr;
    if (rest_.size() < 12)
        return fail("it ends too early");
    auto size = load_big<std::uint32_t>(rest_.data());
    auto sum = load_big<std::uint64_t>(rest_.data() + 4);
    rest_.remove_prefix(12);
    if (size == 0) {
        if (sum != read_ || !rest_.empty())
            return fail("its number of senders is wrong");
        return nullptr;
    }
    if (size > longest_record || size > rest_.size())
        return fail("it ends too early");
    std::string_view record = rest_.substr(0, size);
    rest_.remove_prefix(size);
    auto s = std::make_unique<sender>();
    field_reader fields(record);
    snapshot_access::visit(*s, fields);
    if (siphash(checksum_key, record) != sum || !fields.is_complete() || !snapshot_access::make_sound(*s))
        return fail("its contents are damaged");
    ++read_;
    return s;
}

} // namespace pier::beat
