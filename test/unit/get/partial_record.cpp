#include "pier/get/partial_record.hpp"

#include <catch2/catch.hpp>

using namespace pier::get;

TEST_CASE("a record is read as it was written")
{
    partial_record record{"http://a/b?c", "\"tag\"", 100, {}};
    auto read = partial_record::parse(record.to_string());
    REQUIRE(read);
    CHECK(read->url == "http://a/b?c");
    CHECK(read->validator == "\"tag\"");
    CHECK(read->size == 100u);
    CHECK_FALSE(read->done);

    record.done.emplace();
    record.done->add({0, 9});
    record.done->add({50, 99});
    CHECK(partial_record::parse(record.to_string())->done->to_string() == "0-9,50-99");

    record.size.reset();
    record.done.reset();
    record.validator = "Sun, 06 Nov 1994 08:49:37 GMT";
    CHECK(partial_record::parse(record.to_string())->validator == record.validator);
}

TEST_CASE("a record that was cut short anywhere is none")
{
    partial_record record{"http://a/b", "\"tag\"", 100, coverage::parse("0-9")};
    std::string text = record.to_string();
    for (std::size_t size = 0; size < text.size(); ++size)
        CHECK_FALSE(partial_record::parse(text.substr(0, size)));
    CHECK_FALSE(partial_record::parse(text + "x"));
}

TEST_CASE("a record that nobody should go by")
{
    auto with = [](const char* middle) {
        return partial_record::parse(std::string("pier-get part 1\n") + middle + "end\n");
    };
    CHECK(with("url u\nvalidator \"t\"\n"));
    for (const char* bad : {
             "url \nvalidator \"t\"\n",
             "url u\nvalidator W/\"t\"\n", // weak: bytes may differ
             "url u\nvalidator t\n",
             "url u\n",
             "url u\nvalidator \"t\"\nsize x\n",
             "url u\nvalidator \"t\"\ndone 0-1\n", // of what size?
             "url u\nvalidator \"t\"\nsize 2\ndone 0-2\n",
             "url u\nvalidator \"t\"\nmore\n",
         })
        CHECK_FALSE(with(bad));
}
