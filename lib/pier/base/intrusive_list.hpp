// A doubly linked list whose links live in its members: no allocation, removal in O(1) from wherever one
// stands. `Tag` lets one object stand in several lists.
#pragma once

namespace pier {

template <class Tag>
class list_hook {
public:
    list_hook() = default;
    list_hook(const list_hook&) = delete;
    list_hook& operator=(const list_hook&) = delete;
    ~list_hook() { unlink(); }

    bool linked() const { return next_ != nullptr; }

    void unlink()
    {
        if (!linked())
            return;
        next_->prev_ = prev_;
        prev_->next_ = next_;
        next_ = prev_ = nullptr;
    }

private:
    template <class, class>
    friend class intrusive_list;
    list_hook* next_ = nullptr;
    list_hook* prev_ = nullptr;
};

/// `T` derives from `list_hook<Tag>`. The list owns nothing.
template <class T, class Tag>
class intrusive_list {
    using hook = list_hook<Tag>;

public:
    intrusive_list() { head_.next_ = head_.prev_ = &head_; }
    intrusive_list(const intrusive_list&) = delete;
    intrusive_list& operator=(const intrusive_list&) = delete;
    ~intrusive_list()
    {
        while (!empty())
            front().hook::unlink();
    }

    bool empty() const { return head_.next_ == &head_; }
    T& front() { return static_cast<T&>(*head_.next_); }

    /// Moves it there from wherever it stands.
    void push_back(T& item)
    {
        hook& node = item;
        node.unlink();
        node.next_ = &head_;
        node.prev_ = head_.prev_;
        head_.prev_->next_ = &node;
        head_.prev_ = &node;
    }

    /// Calls `visit` for each member; it may unlink the one it is given, and no other.
    template <class Visit>
    void for_each(Visit visit)
    {
        for (hook* at = head_.next_; at != &head_;) {
            hook* next = at->next_;
            visit(static_cast<T&>(*at));
            at = next;
        }
    }

    /// Calls `visit`, which unlinks nothing, for one member after another until it returns false.
    template <class Visit>
    void for_each_while(Visit visit)
    {
        for (hook* at = head_.next_; at != &head_ && visit(static_cast<T&>(*at)); at = at->next_) {
        }
    }

private:
    hook head_;
};

} // namespace pier
