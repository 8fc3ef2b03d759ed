// What SIGHUP reads or opens anew: logs, certificates, lists.
#pragma once

namespace pier::ops {

struct identity;

/// Used by the main thread; shards may use what it holds meanwhile.
class reloadable {
public:
    virtual ~reloadable() = default;

    /// Before root becomes that user: a file made by this process becomes the user's.
    virtual void give_to(const identity&) const {}

    /// Throws fatal with a sentence that names the file; then what was there before stays.
    virtual void reload() const = 0;
};

} // namespace pier::ops
