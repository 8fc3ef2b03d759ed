#include "pier/get/jobs.hpp"

#include "pier/base/text.hpp"
#include "pier/get/file_name.hpp"
#include "pier/ops/exit.hpp"

#include <map>
#include <utility>

namespace pier::get {

namespace {

http::url parse(const std::string& text)
{
    std::string why;
    auto url = http::url::parse(text, why);
    if (!url)
        throw ops::fatal(ops::exit_usage, "URL `" + visible(text) + "` " + why);
    return *std::move(url);
}

void place(job& to, const config& c, std::size_t index)
{
    if (index < c.outputs.size() && c.outputs[index] != "-") {
        to.to = job::place::file;
        to.path = c.outputs[index];
        to.replace = true;
    } else if (index >= c.outputs.size() && c.to_files()) {
        std::string name = file_name_of(to.url.file_name());
        if (name.empty())
            throw ops::fatal(ops::exit_cant_create,
                             "the name of `" + to.shown + "` is too long: give another by -o");
        to.to = job::place::file;
        to.path = c.folder.empty() ? name : c.folder + (c.folder.ends_with('/') ? "" : "/") + name;
        to.replace = c.overwrite;
    } else {
        // The report stands where the content would.
        to.to =
            c.request.json && index >= c.outputs.size() ? job::place::nowhere : job::place::standard_output;
    }
}

void refuse_equal_names(const std::vector<job>& jobs)
{
    std::map<std::string, const job*> paths;
    for (const job& each : jobs) {
        if (each.to != job::place::file)
            continue;
        auto [other, is_new] = paths.try_emplace(each.path, &each);
        if (!is_new && each.path != "/dev/null")
            throw ops::fatal(ops::exit_usage, "`" + other->second->shown + "` and `" + each.shown +
                                                  "` would both be written to `" + each.path +
                                                  "`: name files with -o");
    }
}

} // namespace

std::vector<job> make_jobs(const config& c)
{
    std::vector<job> jobs;
    for (std::size_t i = 0; i < c.request.urls.size(); ++i) {
        job each;
        each.url = parse(c.request.urls[i]);
        each.shown = each.url.to_string();
        place(each, c, i);
        if (i < c.checksums.size()) {
            std::string why;
            each.sum = parse_checksum(c.checksums[i], why);
            if (!each.sum)
                throw ops::fatal(ops::exit_usage, "--checksum `" + c.checksums[i] + "` " + why);
        }
        jobs.push_back(each);
        each.to = job::place::nowhere;
        for (std::size_t n = 1; n < c.requests_in_force(); ++n) {
            each.repetition = n;
            jobs.push_back(each);
        }
    }
    refuse_equal_names(jobs);
    return jobs;
}

} // namespace pier::get
