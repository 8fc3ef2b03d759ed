// What SIGHUP reads or opens anew: logs, certificates, lists.
#pragma once

namespace pier::ops {

struct identity;

/// Used by the main thread, look() apart; shards may use what it holds meanwhile.
class reloadable {
public:
    virtual ~reloadable() = default;

    /// Before root becomes that user: a file made by this process becomes the user's.
    virtual void give_to(const identity&) {}

    /// Throws fatal with a sentence that names the file; then what was there before stays. Waits for a
    /// stalled disk a moment, not longer.
    virtual void reload() = 0;

    /// Whether it wants to look now and then if what it was read from has changed.
    virtual bool looks() const { return false; }
    /// Does so, on a thread that may wait for a disk, never twice at once; reload() may come meanwhile. What
    /// goes wrong it says in the log.
    virtual void look() {}
};

} // namespace pier::ops
