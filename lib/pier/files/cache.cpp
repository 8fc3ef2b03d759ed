#include "pier/files/cache.hpp"

namespace pier::files {

cache::entry* cache::find(std::string_view path)
{
    auto found = entries_.find(path);
    if (found == entries_.end())
        return nullptr;
    by_age_.push_back(*found->second);
    return found->second.get();
}

void cache::put(std::string_view path, std::shared_ptr<const resource> what, net::ticks now)
{
    remove(path);
    std::uint64_t bytes = what->bytes_held();
    std::size_t descriptors = what->descriptors_held();
    if (bytes > limits_.bytes / 4 || descriptors > limits_.descriptors / 4)
        return;
    while (!by_age_.empty() &&
           (bytes_ + bytes > limits_.bytes || descriptors_ + descriptors > limits_.descriptors))
        drop(by_age_.front());
    auto added = std::make_unique<entry>();
    added->path = path;
    added->what = std::move(what);
    added->checked = now;
    by_age_.push_back(*added);
    bytes_ += bytes;
    descriptors_ += descriptors;
    std::string_view key = added->path;
    entries_.emplace(key, std::move(added));
}

void cache::remove(std::string_view path)
{
    if (auto found = entries_.find(path); found != entries_.end())
        drop(*found->second);
}

void cache::drop(entry& e)
{
    bytes_ -= e.what->bytes_held();
    descriptors_ -= e.what->descriptors_held();
    entries_.erase(entries_.find(e.path));
}

} // namespace pier::files
