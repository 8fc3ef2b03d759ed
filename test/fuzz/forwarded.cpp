#include "pier/http/forwarded.hpp"

#include "check.hpp"

#include <cstdint>
#include <string>

/// Whatever a client sends, and in however many lines: what the trusted proxy adds behind it decides.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier::http;
    std::string sent(reinterpret_cast<const char*>(data), size);
    auto peer = *parse_node("10.0.0.1");
    for (auto where : {forwarded_config::field::x_forwarded_for, forwarded_config::field::forwarded}) {
        forwarded_config config;
        config.trusted.add("10.0.0.0/8");
        config.where = where;
        bool standard = where == forwarded_config::field::forwarded;
        forwarded_walk alone(config, peer);
        alone.add(sent);
        check(alone.client().to_string().size() <= 45);
        forwarded_walk joined(config, peer);
        joined.add(sent + (standard ? ", for=\"[2001:db8::7]:80\"" : ", 2001:db8::7"));
        check(joined.client().to_string() == "2001:db8::7");
    }
    return 0;
}
