#include "check.hpp"
#include "pier/beat/monitor.hpp"
#include "pier/beat/snapshot.hpp"

#include <string>

/// As a file, and as the fields of a sender, whose checksum no fuzzer would find.
static std::string as_file(std::string_view data)
{
    if (data.starts_with("pierbeat"))
        return std::string(data);
    std::string file;
    pier::beat::append_snapshot_head(file);
    pier::beat::append_snapshot_record(file, data);
    pier::beat::append_snapshot_end(file, 1);
    return file;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace pier::beat;
    auto group = std::make_shared<monitor_group>(monitor_config{}, pier::siphash_key{1, 2});
    monitor watcher(group);
    watcher.look_at_clock(1'000'000, 1'700'000'000'000'000);
    std::string file = as_file({reinterpret_cast<const char*>(data), size});
    snapshot_reader reader(file);
    while (auto s = reader.next()) {
        std::string again;
        append_snapshot_head(again);
        append_snapshot(again, *s);
        append_snapshot_end(again, 1);
        snapshot_reader same(again);
        check(same.next() && !same.next() && same.error().empty());
        watcher.restore(std::move(s));
    }
    watcher.look_at_clock(1'500'000, 1'700'000'000'500'000);
    watcher.sweep();
    return 0;
}
