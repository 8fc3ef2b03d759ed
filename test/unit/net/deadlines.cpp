#include "pier/net/deadlines.hpp"

#include <catch2/catch.hpp>

#include <vector>

using namespace pier::net;
using namespace std::chrono_literals;

namespace {

struct member : deadline_hook {
    explicit member(int n) : number(n) {}
    int number;
};

std::vector<int> swept(deadline_list& list, ticks now)
{
    std::vector<int> numbers;
    list.sweep(now, [&](deadline_hook& hook) {
        CHECK_FALSE(hook.armed());
        numbers.push_back(static_cast<member&>(hook).number);
    });
    return numbers;
}

using numbers = std::vector<int>;

} // namespace

TEST_CASE("a deadline passes when its time has come, and once")
{
    deadline_list list(100ms);
    member one(1);
    CHECK(list.empty());
    CHECK_FALSE(one.armed());
    list.arm(one, 1000);
    CHECK(one.armed());
    CHECK(swept(list, 1099).empty());
    CHECK(one.armed());
    CHECK(swept(list, 1100) == numbers{1});
    CHECK_FALSE(one.armed());
    CHECK(list.empty());
    CHECK(swept(list, 9999).empty());
    CHECK(list.duration() == 100ms);
}

TEST_CASE("deadlines pass in their order, and only those that are due")
{
    deadline_list list(100ms);
    member one(1), two(2), three(3);
    list.arm(two, 10);
    list.arm(one, 20);
    list.arm(three, 30);
    CHECK(swept(list, 120) == numbers{2, 1});
    CHECK(three.armed());
    CHECK(swept(list, 1000) == numbers{3});
}

TEST_CASE("arming anew moves a deadline, also to another list")
{
    deadline_list slow(100ms), quick(10ms);
    member one(1), two(2);
    slow.arm(one, 0);
    slow.arm(two, 10);
    slow.arm(one, 50);
    CHECK(swept(slow, 120) == numbers{2});
    CHECK(one.armed());
    quick.arm(one, 60);
    CHECK(slow.empty());
    CHECK(swept(slow, 9999).empty());
    CHECK(swept(quick, 70) == numbers{1});
}

TEST_CASE("a disarmed deadline and one whose owner is gone do not pass")
{
    deadline_list list(100ms);
    member one(1);
    list.arm(one, 0);
    one.disarm();
    one.disarm();
    CHECK(list.empty());
    {
        member two(2);
        list.arm(two, 0);
        list.arm(one, 0);
    }
    CHECK(swept(list, 100) == numbers{1});
}

TEST_CASE("what expires may be armed anew, or end others, during the sweep")
{
    deadline_list list(100ms);
    member one(1), two(2), three(3);
    list.arm(one, 0);
    list.arm(two, 0);
    list.arm(three, 0);
    numbers expired;
    list.sweep(100, [&](deadline_hook& hook) {
        int number = static_cast<member&>(hook).number;
        expired.push_back(number);
        if (number == 1) {
            two.disarm();
            list.arm(hook, 100);
        }
    });
    CHECK(expired == numbers{1, 3});
    CHECK(one.armed());
    CHECK(swept(list, 199).empty());
    CHECK(swept(list, 200) == numbers{1});
}
