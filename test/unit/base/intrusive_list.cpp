#include "pier/base/intrusive_list.hpp"

#include <catch2/catch.hpp>

#include <memory>
#include <vector>

using pier::intrusive_list;
using pier::list_hook;

namespace {

struct by_age;
struct by_size;

struct item : list_hook<by_age>, list_hook<by_size> {
    explicit item(int n) : number(n) {}
    int number;
};

using age_list = intrusive_list<item, by_age>;
using numbers = std::vector<int>;

template <class List>
numbers members(List& list)
{
    numbers result;
    list.for_each([&](item& i) { result.push_back(i.number); });
    return result;
}

void leave(item& i)
{
    i.list_hook<by_age>::unlink();
}

} // namespace

TEST_CASE("members stand in the order in which they were put")
{
    item one(1), two(2), three(3);
    age_list list;
    CHECK(list.empty());
    for (item* i : {&one, &two, &three})
        list.push_back(*i);
    CHECK_FALSE(list.empty());
    CHECK(members(list) == numbers{1, 2, 3});
    CHECK(&list.front() == &one);
}

TEST_CASE("a member leaves from wherever it stands")
{
    item one(1), two(2), three(3);
    age_list list;
    for (item* i : {&one, &two, &three})
        list.push_back(*i);
    leave(two);
    CHECK(members(list) == numbers{1, 3});
    CHECK_FALSE(two.list_hook<by_age>::linked());
    leave(two); // which changes nothing
    leave(three);
    CHECK(members(list) == numbers{1});
    leave(one);
    CHECK(list.empty());
    list.push_back(three);
    CHECK(members(list) == numbers{3});
}

TEST_CASE("putting a member again moves it, also between lists")
{
    item one(1), two(2), three(3);
    age_list list, other;
    for (item* i : {&one, &two, &three})
        list.push_back(*i);
    list.push_back(one);
    CHECK(members(list) == numbers{2, 3, 1});
    list.push_back(one); // where it stands already
    CHECK(members(list) == numbers{2, 3, 1});
    other.push_back(three);
    CHECK(members(list) == numbers{2, 1});
    CHECK(members(other) == numbers{3});
}

TEST_CASE("lists of different tags have nothing to do with each other")
{
    item one(1), two(2);
    age_list ages;
    intrusive_list<item, by_size> sizes;
    ages.push_back(one);
    ages.push_back(two);
    sizes.push_back(two);
    sizes.push_back(one);
    CHECK(members(ages) == numbers{1, 2});
    CHECK(members(sizes) == numbers{2, 1});
    leave(one);
    CHECK(members(ages) == numbers{2});
    CHECK(members(sizes) == numbers{2, 1});
}

TEST_CASE("a member that ends leaves its list, a list that ends lets its members go")
{
    item one(1);
    {
        age_list list;
        list.push_back(one);
        {
            item two(2);
            list.push_back(two);
            CHECK(members(list) == numbers{1, 2});
        }
        CHECK(members(list) == numbers{1});
    }
    CHECK_FALSE(one.list_hook<by_age>::linked());
    age_list next;
    next.push_back(one);
    CHECK(members(next) == numbers{1});
}

TEST_CASE("a visit may remove, or end, the member it is given")
{
    std::vector<std::unique_ptr<item>> owned;
    age_list list;
    for (int n = 0; n < 6; ++n)
        list.push_back(*owned.emplace_back(std::make_unique<item>(n)));
    numbers visited;
    list.for_each([&](item& i) {
        visited.push_back(i.number);
        if (i.number % 2 == 0)
            owned[static_cast<std::size_t>(i.number)].reset();
    });
    CHECK(visited == numbers{0, 1, 2, 3, 4, 5});
    CHECK(members(list) == numbers{1, 3, 5});
}

TEST_CASE("a visit may end the walk")
{
    item one(1), two(2), three(3);
    age_list list;
    list.for_each_while([](item&) {
        FAIL("nobody is there");
        return true;
    });
    for (item* i : {&one, &two, &three})
        list.push_back(*i);
    numbers visited;
    list.for_each_while([&](item& i) {
        visited.push_back(i.number);
        return i.number < 2;
    });
    CHECK(visited == numbers{1, 2});
}
