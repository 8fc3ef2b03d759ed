#include "pier/net/readiness.hpp"

#include <boost/asio/error.hpp>

namespace pier::net {

void readiness::start(int fd, kind what, asio::detail::reactor_op* op)
{
    if (cancelled_) {
        op->ec_ = asio::error::operation_aborted;
        reactor_.post_immediate_completion(op, false);
        return;
    }
    bool registered_before = data_ != nullptr;
    if (!registered_before) {
        reactor_.init_task();
        if (int error = reactor_.register_descriptor(fd, data_); error != 0) {
            op->ec_ = error_code(error, boost::system::system_category());
            if (data_)
                reactor_.cleanup_descriptor_data(data_);
            reactor_.post_immediate_completion(op, false);
            return;
        }
    }
    // A descriptor just registered counts as ready in both directions. For reading that would be a wake-up
    // for nothing: epoll reports by itself what was there already.
    bool use_remembered_edge = registered_before || what == write;
    reactor_.start_op(what, fd, data_, op, false, use_remembered_edge);
}

void readiness::cancel()
{
    cancelled_ = true;
    if (data_)
        reactor_.cancel_ops(-1, data_);
}

void readiness::forget(int fd)
{
    if (!data_)
        return;
    reactor_.deregister_descriptor(fd, data_, false);
    reactor_.cleanup_descriptor_data(data_);
}

void readiness::release(int fd)
{
    if (!data_)
        return;
    reactor_.deregister_descriptor(fd, data_, true);
    reactor_.cleanup_descriptor_data(data_);
}

} // namespace pier::net
