// The senders as a file keeps them over a restart of the monitor. Version 1: "pierbeat", the version, then
// for each sender a length, a checksum and its fields, then a length of 0 and the number of senders;
// big-endian. No I/O.
#pragma once

#include "pier/beat/sender.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace pier::beat {

void append_snapshot_head(std::string& out);
void append_snapshot(std::string& out, const sender& s);
/// The fields of one, with their length and checksum: what append_snapshot() ends with.
void append_snapshot_record(std::string& out, std::string_view fields);
void append_snapshot_end(std::string& out, std::uint64_t senders);

/// Reads one sender after another from a whole file in memory.
class snapshot_reader {
public:
    explicit snapshot_reader(std::string_view file);

    /// Null: there is no other, or the file is broken.
    std::unique_ptr<sender> next();
    /// After the last. Empty: all is well; else what is wrong with the file.
    std::string_view error() const { return error_; }

private:
    std::unique_ptr<sender> fail(std::string_view why);

    std::string_view rest_;
    std::string_view error_;
    std::uint64_t read_ = 0;
};

} // namespace pier::beat
