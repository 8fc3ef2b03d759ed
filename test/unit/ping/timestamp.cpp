#include "pier/ping/timestamp.hpp"

#include "pier/ping/clock_error.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace pier::ping;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr auto ntp = timestamp_format::ntp, ptp = timestamp_format::ptp;
/// 2036-02-07 06:28:16 UTC, where NTP's seconds begin again.
constexpr std::int64_t next_era = 2'085'978'496 * second;

} // namespace

TEST_CASE("timestamps: known ones")
{
    CHECK(to_timestamp(0, ntp) == 0x83aa'7e80'0000'0000);
    CHECK(to_timestamp(second / 2, ntp) == 0x83aa'7e80'8000'0000);
    CHECK(to_timestamp(1'700'000'000 * second + 250'000'000, ntp) == 0xe8fe'6f80'4000'0000);
    CHECK(to_timestamp(next_era, ntp) == 0);
    CHECK(to_timestamp(next_era - 1, ntp) == 0xffff'ffff'ffff'fffc);
    CHECK(to_timestamp(-second / 2, ntp) == 0x83aa'7e7f'8000'0000);
    CHECK(to_timestamp(1'700'000'000 * second + 5, ptp) == 0x6553'f100'0000'0005);
}

TEST_CASE("timestamps: there and back to the nanosecond")
{
    std::mt19937_64 random(8762);
    for (int i = 0; i < 10'000; ++i) {
        auto time = static_cast<std::int64_t>(random() % (4'000'000'000ull * second));
        auto apart =
            static_cast<std::int64_t>(random() % (2'000'000'000ull * second)) - 1'000'000'000 * second;
        for (auto format : {ntp, ptp}) {
            auto stamp = to_timestamp(time, format);
            REQUIRE(from_timestamp(stamp, format, time) == time);
            REQUIRE(from_timestamp(stamp, format, time + apart) == time);
        }
    }
}

TEST_CASE("timestamps: differences reach across the end of an era")
{
    for (auto format : {ntp, ptp})
        for (std::int64_t apart : {std::int64_t{1}, std::int64_t{999}, second - 1, second, 3600 * second}) {
            std::int64_t era = format == ntp ? next_era : (std::int64_t{1} << 32) * second;
            auto before = to_timestamp(era - apart, format), after = to_timestamp(era + apart, format);
            CHECK(timestamp_difference(after, before, format) == 2 * apart);
            CHECK(timestamp_difference(before, after, format) == -2 * apart);
            CHECK(from_timestamp(after, format, era - apart) == era + apart);
        }
}

TEST_CASE("error estimate: the fields")
{
    // What senders in the field send: 63 of scale 63, and 1 of scale 0.
    error_estimate most{0x3fff};
    CHECK_FALSE(most.synchronized());
    CHECK(most.format() == ntp);
    CHECK(most.bound() > 10'000h);
    CHECK(error_estimate{0x0001}.bound() == 1ns); // 2^-32 s, rounded up
    CHECK(error_estimate{0xffff}.synchronized());
    CHECK(error_estimate{0xffff}.format() == ptp);
    CHECK(error_estimate{}.valid());
    CHECK_FALSE(error_estimate{0xc100}.valid());
    CHECK(error_estimate{0x2001}.bound() == 1s); // scale 32
    CHECK(error_estimate::of(1s, true).bits == (0x8000 | 25 << 8 | 128));
    CHECK(error_estimate::of(0ns, false, ptp).bits == 0x4001);
    CHECK(error_estimate::of(-5ns, false).bits == 1);
}

TEST_CASE("error estimate: never too low, and at most a 128th too high")
{
    std::mt19937_64 random(1);
    for (int bits = 1; bits < 60; ++bits)
        for (int i = 0; i < 100; ++i) {
            std::chrono::nanoseconds error(static_cast<std::int64_t>(random() >> (64 - bits)));
            auto estimate = error_estimate::of(error, i % 2, i % 3 ? ntp : ptp);
            REQUIRE(estimate.valid());
            REQUIRE(estimate.synchronized() == bool(i % 2));
            REQUIRE(estimate.format() == (i % 3 ? ntp : ptp));
            REQUIRE(estimate.bound() >= error);
            REQUIRE(double(estimate.bound().count()) <= double(error.count()) * (1 + 1.0 / 127) + 2);
        }
    CHECK(error_estimate::of(std::chrono::nanoseconds::max(), false).bound() > 24h * 365 * 30);
}

TEST_CASE("error estimate: the kernel says something of its clock")
{
    for (auto format : {ntp, ptp}) {
        auto estimate = clock_error(format);
        CHECK(estimate.valid());
        CHECK(estimate.format() == format);
        CHECK(estimate.bound() > 0ns);
        CHECK(estimate.bound() < 1h);
    }
}
