#include "pier/ops/service_manager.hpp"

#include "check.hpp"

#include <string>

// PID \n COUNT \n NAMES \n SOCKET, as the environment may hold them.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier::ops;
    std::string fields[4];
    std::size_t field = 0;
    for (char c : std::string_view(reinterpret_cast<const char*>(data), size))
        if (c == '\n' && field < 3)
            ++field;
        else
            fields[field] += c;

    auto passed = parse_passed(fields[0].c_str(), fields[1].c_str(), fields[2].c_str(), 77);
    if (passed) {
        check(passed->size() <= most_passed);
        for (std::size_t i = 0; i < passed->size(); ++i) {
            const passed_descriptor& p = (*passed)[i];
            check(p.fd == first_passed + static_cast<int>(i));
            check(!p.name.empty() && p.name.find(':') == std::string::npos);
        }
    }
    check(parse_watchdog(fields[1].c_str(), fields[0].c_str(), 77).count() >= 0);
    if (auto address = parse_notify_socket(fields[3]))
        check(address->size > offsetof(sockaddr_un, sun_path) && address->size <= sizeof(sockaddr_un));
    return 0;
}
