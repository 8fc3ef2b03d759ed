#include "pier/ops/manual.hpp"

#include <catch2/catch.hpp>

using namespace pier::ops;

namespace {

bool has(const std::string& text, std::string_view part)
{
    return text.find(part) != text.npos;
}

} // namespace

TEST_CASE("servers stand in section 8 of the manual, what people call in section 1")
{
    CHECK(manual_section("pier") == 8);
    CHECK(manual_section("pier-httpd") == 8);
    CHECK(manual_section("pier-get") == 1);
}

TEST_CASE("a manual page has every option")
{
    std::string where = "off";
    bool quiet = false;
    options table("pier-testd", "[ROOT] [OPTION]...", "Tests.");
    table.group("First");
    table.text("log", "FILE|off", "where to", where).toggle("quiet", "say nothing", quiet);
    auto page = manual_page(table);
    CHECK(has(page, ".TH PIER\\-TESTD 8 "));
    CHECK(has(page, "pier\\-testd \\- Tests."));
    CHECK(has(page, "\\fBpier\\-testd\\fR [\\fIROOT\\fR] [\\fIOPTION\\fR]..."));
    CHECK(has(page, ".SS \"First\"\n"));
    CHECK(has(page, ".TP\n\\fB\\-\\-log\\fR \\fIFILE\\fR|off\nwhere to (off).\n"));
    CHECK(has(page, ".TP\n\\fB\\-\\-quiet\\fR\nsay nothing.\n"));
    CHECK(has(page, "\\fB\\-h\\fR, \\fB\\-\\-help\\fR"));
    CHECK(has(page, "\\fBPIER_TESTD_LOG\\fR is \\fB\\-\\-log\\fR."));
    CHECK(has(page, "64 for a wrong command line"));
    table.exit_status("1: no answer.");
    CHECK(manual_page(table).ends_with(".SH EXIT STATUS\n1: no answer.\n"));
}

TEST_CASE("a manual page escapes what troff reads as its own")
{
    std::string text;
    options table("pier-test", "", "Tests.");
    table.group("\"Quoted\"");
    table.text("a", "X", ".hidden \\n it's `so` ~^", text);
    auto page = manual_page(table);
    CHECK(has(page, "\n\\&.hidden \\en it\\(aqs \\(gaso\\(ga \\(ti\\(ha"));
    CHECK(has(page, ".SS \"\\(dqQuoted\\(dq\"\n"));
}
