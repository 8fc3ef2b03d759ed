#include "pier/get/config.hpp"

#include <algorithm>

namespace pier::get {

namespace {

std::string wrong_outputs(const config& c)
{
    std::size_t urls = c.request.urls.size();
    if (c.outputs.size() > urls)
        return "there are " + std::to_string(c.outputs.size()) + " of --output for " + std::to_string(urls) +
               " URLs";
    bool named = c.remote_names || !c.folder.empty();
    if (!c.outputs.empty() && c.outputs.size() < urls && !named)
        return "only " + std::to_string(c.outputs.size()) + " of " + std::to_string(urls) +
               " URLs have an --output: add -O for the others";
    if (c.include_head && c.to_files())
        return "--include is for standard output: leave out --output, -O and -P";
    if (c.request.head && c.to_files())
        return "--head is for standard output: leave out --output, -O and -P";
    if (c.overwrite && !named)
        return "--overwrite is for -O and -P; what --output names is replaced in any case";
    return {};
}

std::string wrong_segments(const config& c)
{
    if (c.segments == 1)
        return {};
    if (!c.to_files())
        return "--segments needs a file: add -o FILE or -O";
    if (c.request.method_in_force() != "GET")
        return "--segments is for GET";
    return c.compressed ? "--segments and --compressed exclude each other: ranges are of what is sent" : "";
}

/// What --bench would not heed.
std::string wrong_with_bench(const config& c)
{
    std::string_view name = c.to_files()           ? "a file to write to"
                            : c.include_head       ? "--include"
                            : !c.checksums.empty() ? "--checksum"
                            : c.segments != 1      ? "--segments"
                            : c.location           ? "--location"
                            : c.compressed         ? "--compressed"
                            : c.max_size != 0      ? "--max-size"
                            : c.request.verbose    ? "--verbose"
                                                   : "";
    return name.empty() ? "" : std::string(name) + " is for downloads: leave it out with --bench";
}

} // namespace

std::string config::validate() const
{
    if (request.head && request.data)
        return "--head sends no content: leave it out, or --data";
    if (request.head && !request.method.empty() && request.method != "HEAD")
        return "--head asks by HEAD: leave it out, or --method";
    if (bench)
        return wrong_with_bench(*this); // the rest is load_config's
    if (request.requests > most_requests)
        return "--requests of more than " + std::to_string(most_requests) + " is for --bench";
    if (requests_in_force() * request.urls.size() > most_requests)
        return "--requests for " + std::to_string(request.urls.size()) + " URLs: all together more than " +
               std::to_string(most_requests) + ", which is for --bench";
    if (request.concurrency > most_concurrency)
        return "--concurrency of more than " + std::to_string(most_concurrency) + " is for --bench";
    if (!checksums.empty() && checksums.size() != request.urls.size())
        return "there are " + std::to_string(checksums.size()) + " of --checksum for " +
               std::to_string(request.urls.size()) + " URLs";
    auto wrong = wrong_outputs(*this);
    return wrong.empty() ? wrong_segments(*this) : wrong;
}

} // namespace pier::get
