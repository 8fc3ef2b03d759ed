// As Asio's examples do it: a coroutine that awaits one datagram and then its answer.
#include <boost/asio.hpp>

#include <cstdio>

using boost::asio::ip::udp;

boost::asio::awaitable<void> serve(udp::socket socket)
{
    char text[2048];
    udp::endpoint client;
    for (;;) {
        std::size_t size = co_await socket.async_receive_from(boost::asio::buffer(text), client, boost::asio::use_awaitable);
        for (std::size_t i = 0; i < size; ++i)
            text[i] = static_cast<char>(text[i] - (static_cast<unsigned char>(text[i] - 'a') < 26 ? 'a' - 'A' : 0));
        co_await socket.async_send_to(boost::asio::buffer(text, size), client, boost::asio::use_awaitable);
    }
}

int main()
{
    boost::asio::io_context context(1);
    udp::socket socket(context, {boost::asio::ip::address_v4::loopback(), 0});
    std::printf("listening on udp://127.0.0.1:%d\n", socket.local_endpoint().port());
    std::fflush(stdout);
    boost::asio::co_spawn(context, serve(std::move(socket)), boost::asio::detached);
    context.run();
}
