// What a server answers reaches a terminal or a line of JSON: no byte of it may be obeyed or end the line.
#include "check.hpp"
#include "pier/upper/report.hpp"
#include "pier/upper/uppercase.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

using namespace pier::upper;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string text(reinterpret_cast<const char*>(data), size);
    answer_matcher matcher;
    matcher.sending(text);
    std::string answer = text;
    bool changed = uppercase(answer);
    check(changed == (answer != text) && answer.size() == size && !uppercase(answer));
    check(matcher.is_answer(answer));

    exchange done;
    done.result = exchange::outcome::answered;
    done.answer = answer;
    const question whom{"host", 12000};
    for (style s : {style::terminal, style::json}) {
        std::string line = answer_line(text, done, s, whom);
        check(line.ends_with('\n'));
        for (std::size_t i = 0; i + 1 < line.size(); ++i)
            check(static_cast<unsigned char>(line[i]) >= 0x20 && line[i] != 0x7f);
    }
    check(answer_line(text, done, style::plain, whom) == answer + "\n");
    return 0;
}
