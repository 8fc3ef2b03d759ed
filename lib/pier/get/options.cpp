#include "pier/get/options.hpp"

#include "pier/base/ascii.hpp"
#include "pier/get/content.hpp"
#include "pier/get/load_config.hpp"
#include "pier/get/operands.hpp"

#include <memory>
#include <utility>

namespace pier::get {

namespace {

using values = std::vector<std::string>;

void file(ops::options& table, const char* name, const char* help, std::string& into)
{
    table.add({name, 0, "FILE", help, "",
               [&into](const std::string& value) {
                   into = value;
                   return std::string(value.empty() ? "names no file" : "");
               },
               false, [&into] { return ops::values_if_any(into); }});
}

void list(ops::options& table, const char* name, const char* value_name, const char* help, values& into)
{
    table.add({name, 0, value_name, help, "",
               [&into](const std::string& value) {
                   into.push_back(value);
                   return std::string(value.empty() ? "is empty" : "");
               },
               true, [&into] { return into; }});
}

/// 0: not said.
void number(ops::options& table, const char* name, const char* help, std::uint64_t& into, ops::bounds allowed)
{
    table.count(name, help, into, allowed);
    auto& count = into;
    table.derived([&count] { return count ? values{std::to_string(count)} : values{}; });
}

void declare_urls(ops::options& table, const std::shared_ptr<values>& words, config& into)
{
    table.positional(
        "URL",
        [words](const std::string& value) {
            words->push_back(value);
            return std::string();
        },
        static_cast<int>(config::most_urls), 1);
    table.check([words, &into] {
        auto read = read_operands(*words);
        into.request.urls = std::move(read.urls);
        into.request.coursework = read.coursework;
        return std::move(read.error);
    });
}

/// One whose words are read when they are set, and shown as they were said.
void read_words(ops::options& table, const char* name, char letter, const char* value_name, const char* help,
                ops::option_setter read)
{
    auto said = std::make_shared<values>();
    table.add({name, letter, value_name, help, "",
               [said, read = std::move(read)](const std::string& value) {
                   said->push_back(value);
                   return read(value);
               },
               true, [said] { return *said; }});
}

void declare_content(ops::options& table, config& into)
{
    auto& data = into.request.data;
    read_words(table, "data", 0, "DATA",
               "content to send, by POST unless -X says otherwise; @FILE: what that holds, without its line "
               "ends; several are joined by `&`",
               [&data](const std::string& value) { return append_data(value, data_kind::text, data); });
    read_words(table, "data-binary", 0, "DATA", "the same, but of a file all bytes",
               [&data](const std::string& value) { return append_data(value, data_kind::binary, data); });
    // Both are what `-d` has long stood for, and which one is meant is known when all is read.
    auto words = std::make_shared<values>();
    read_words(table, "data-or-duration", 'd', "DATA|TIME", "--data; with --bench: --duration",
               [words](const std::string& value) {
                   words->push_back(value);
                   return std::string();
               });
    table.check([words, &into] {
        if (into.bench && words->size() > 1)
            return std::string("-d is given twice: with --bench it says how long that runs");
        if (into.bench && !words->empty())
            into.request.duration = words->front();
        std::string wrong;
        for (const std::string& value : *words)
            if (!into.bench && wrong.empty())
                if (wrong = append_data(value, data_kind::text, into.request.data); !wrong.empty())
                    wrong = "-d `" + value + "` " + wrong;
        return wrong;
    });
}

void declare_request(ops::options& table, config& into)
{
    request_config& request = into.request;
    table.group("What is asked");
    table.add({"method", 'X', "METHOD", "instead of GET", "",
               [&request](const std::string& value) {
                   request.method = value;
                   return std::string(is_token(value) ? "" : "is not a method such as PUT");
               },
               false, [&request] { return ops::values_if_any(request.method); }});
    table.toggle("head", "only the head of the answer, by HEAD", request.head).letter('I');
    read_words(table, "header", 'H', "FIELD",
               "also this field, `Name: value`; `Name:` leaves out one that would be sent by itself; @FILE: "
               "what that holds, one a line",
               [&request](const std::string& value) { return read_headers(value, request.headers); });
    declare_content(table, into);
    number(table, "requests", "of each URL, whose answers must be equal (1; of HOST PORT FILE 10)",
           request.requests, {1, load_config::most_requests});
    table.letter('n');
    number(table, "concurrency", "requests at once (4; of HOST PORT FILE 10)", request.concurrency,
           {1, load_config::most_connections});
    table.letter('c');
    table.toggle("bench", "put a load on one URL and measure it, instead of downloading", into.bench);
}

void declare_outputs(ops::options& table, config& into)
{
    table.group("Where it goes");
    list(table, "output", "FILE", "of the first URL, the second, ...; -: standard output, as without any",
         into.outputs);
    table.letter('o');
    table.toggle("remote-name", "files named as the URLs' last segments, in this folder", into.remote_names)
        .letter('O');
    table.add({"output-dir", 'P', "DIR", "the same in DIR, which is made if need be (none)", "",
               [&into](const std::string& value) {
                   into.folder = value;
                   return std::string(value.empty() ? "names no folder" : "");
               },
               false, [&into] { return ops::values_if_any(into.folder); }});
    table.toggle("overwrite", "with -O and -P: replace files that exist", into.overwrite);
    table.toggle("include", "the answer's head in front of it", into.include_head).letter('i');
    table.toggle("resume", "go on where an earlier run ended, if the file is still the same (yes)",
                 into.resume);
    table.count("segments", "ranges of one file to fetch at once", into.segments, {1, config::most_segments});
    table.size("max-size", "of an answer; 0: any", into.max_size);
    table.toggle("sync", "call a file done when the disk has it", into.sync);
    list(table, "checksum", "SUM", "what the first URL, the second, ... must have: sha256:HEX or sha512:HEX",
         into.checksums);
}

void declare_answers(ops::options& table, config& into)
{
    table.group("What to accept");
    table.toggle("location", "follow redirects, but never from https to http", into.location).letter('L');
    table.count("max-redirects", "in a row", into.max_redirects, {1, config::most_redirects});
    table.toggle("compressed", "ask for zstd, br, gzip or deflate, and store what it decompresses to",
                 into.compressed);
    table.count("max-expansion", "times the bytes received, when they are decompressed to more than 64M",
                into.max_expansion, {1, 1'000'000});
}

void declare_patience(ops::options& table, config& into)
{
    table.group("How long to wait, and how often to try");
    table.duration("connect-timeout", "until a connection stands: name, TCP, TLS",
                   into.request.connect_timeout);
    table.duration("head-timeout", "from a request to the end of the answer's head",
                   into.request.head_timeout);
    table.duration("idle-timeout", "without a byte of the answer's content", into.request.idle_timeout);
    table.count("retries", "after connecting failed, a connection broke, or 408, 429 or 5xx was answered",
                into.retries, {0, 1000});
    table.duration("retry-delay", "at most, before the first of them; doubles each time", into.retry_delay);
    table.duration("retry-max-delay", "before any of them", into.retry_max_delay);
    table.duration("retry-max-time", "since the first try; then there is none more", into.retry_max_time);
}

void declare_way(ops::options& table, request_config& into)
{
    table.group("Which way, and whom to trust");
    table.add({"proxy", 'x', "URL",
               "as `http://HOST:PORT`; none: not even what http_proxy, https_proxy or "
               "all_proxy say (the environment's)",
               "",
               [&into](const std::string& value) {
                   into.proxy = value;
                   return std::string(value.empty() ? "is empty" : "");
               },
               false, [&into] { return ops::values_if_any(into.proxy); }});
    file(table, "ca", "certificates in PEM to trust instead of the system's", into.ca_file);
    list(table, "pin", "SHA256", "the server's public key must be this one, hexadecimal or base64",
         into.pins);
    table
        .toggle("insecure", "believe any certificate: whoever is on the way can read and change all",
                into.insecure)
        .letter('k');
    file(table, "tls-keylog", "append the sessions' secrets, for Wireshark (none)", into.tls_keylog);
}

void declare_output(ops::options& table, config& into)
{
    table.group("What to print");
    table.toggle("json", "a report as JSON, one object a line, instead of the content", into.request.json);
    table.toggle("verbose", "what is sent and received, on standard error", into.request.verbose).letter('v');
    table.choice(
        "progress", "on standard error; auto: on a terminal, unless the content goes there too",
        into.progress,
        {{"auto", progress_mode::automatic}, {"on", progress_mode::on}, {"off", progress_mode::off}});
}

} // namespace

void declare(ops::options& table, config& into)
{
    declare_urls(table, std::make_shared<values>(), into);
    declare_request(table, into);
    declare_outputs(table, into);
    declare_answers(table, into);
    declare_patience(table, into);
    declare_way(table, into.request);
    declare_output(table, into);
    table.check([&into] { return into.request.urls.empty() ? std::string() : into.validate(); });
    table.exit_status(
        "0 when every answer was received whole, with a status from 200 to 299. 3, 4 or 5 for a status of "
        "that "
        "hundred. 65 for content that is not what it should be (checksum, unequal answers, decompression), "
        "66 "
        "for a file to read that is not there, 68 for a host without an address, 69 when nobody listens "
        "there, "
        "73 for a file that cannot be made, 74 when writing failed, 75 for a time-out, 76 for a server that "
        "breaks off or does not keep to HTTP or TLS, 77 for a certificate that is not trusted. Of several "
        "failures the first URL's counts. 64 for a wrong command line; 130 after Ctrl-C.");
}

} // namespace pier::get
