// What SIGHUP reads or opens anew: logs, certificates, lists.
#pragma once

namespace pier::ops {

struct identity;

/// Used by the main thread; shards may use what it holds meanwhile.
class reloadable {
public:
    virtual ~reloadable() = default;

    /// Before root becomes that user: a file made by this process becomes the user's.
    virtual void give_to(const identity&) {}

    /// Throws fatal with a sentence that names the file; then what was there before stays. Waits for a
    /// stalled disk a moment, not longer.
    virtual void reload() = 0;
};

} // namespace pier::ops
