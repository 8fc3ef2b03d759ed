#include "pier/net/turnstile.hpp"

#include "pier/net/spawn.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace pier::net;

namespace {

task<> pass_and_note(turnstile& through, char name, std::string& order)
{
    if (!through.pass()) {
        auto [never] = co_await through.wait(nothrow);
        (void)never;
    }
    order.push_back(name);
}

} // namespace

TEST_CASE("one goes through in each turn of the loop, in the order of arrival, others come in between")
{
    asio::io_context context(1);
    turnstile through(context);
    std::string order;
    for (char name : {'a', 'b', 'c'})
        spawn(context, pass_and_note(through, name, order), [](std::exception_ptr) {});
    CHECK(order == "a");
    CHECK(through.waiting() == 2);
    for (char other : {'1', '2'})
        asio::post(context, [&order, &context, other] {
            order.push_back(other);
            asio::post(context, [&order, other] { order.push_back(other); });
        });
    context.run();
    CHECK(order == "ab12c12");
    CHECK(through.waiting() == 0);
    CHECK(through.pass());
}

TEST_CASE("who still waits at the end is destroyed with it")
{
    asio::io_context context(1);
    turnstile through(context);
    std::string order;
    for (char name : {'a', 'b'})
        spawn(context, pass_and_note(through, name, order), [](std::exception_ptr) {});
    through.abandon();
    context.run();
    CHECK(order == "a");
}
