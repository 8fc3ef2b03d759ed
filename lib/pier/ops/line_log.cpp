#include "pier/ops/line_log.hpp"

#include "pier/ops/line_writer.hpp"

namespace pier::ops {

namespace {

constexpr std::chrono::milliseconds last_wait{1000};
constexpr std::chrono::milliseconds reload_wait{500};

} // namespace

std::shared_ptr<line_file> line_file::open(const std::string& where)
{
    if (where == "stderr")
        return standard_error();
    return std::make_shared<line_file>(line_writer::open(where));
}

const std::shared_ptr<line_file>& line_file::standard_error()
{
    // Never destroyed: events may come until the very end.
    static const auto* const instance = [] {
        auto* made = new std::shared_ptr<line_file>(std::make_shared<line_file>(line_writer::open("stderr")));
        std::atexit([] { standard_error()->settle(last_wait); });
        return made;
    }();
    return *instance;
}

line_file::line_file(std::shared_ptr<line_writer> writer) : writer_(std::move(writer)) {}

line_file::~line_file()
{
    writer_->stop(last_wait);
}

void line_file::write(std::string& lines)
{
    if (!lines.empty())
        writer_->push(lines);
}

void line_file::give_to(const identity& who)
{
    writer_->give_to(who);
}

void line_file::reload()
{
    writer_->reopen(reload_wait);
}

bool line_file::settle(std::chrono::milliseconds at_most)
{
    return writer_->settle(at_most);
}

std::uint64_t line_file::take_lost()
{
    return writer_->take_lost();
}

void line_buffer::flush()
{
    file_->write(text_);
    if (std::uint64_t lost = file_->take_lost())
        dropped_.add(lost);
}

} // namespace pier::ops
