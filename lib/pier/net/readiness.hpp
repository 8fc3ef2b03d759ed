// Edge-triggered readiness of one descriptor: the one place that reaches below Asio's public interface.
//
// Asio 1.26 offers two ways to wait for a socket, and each costs a system call per request that the kernel
// did not ask for: async_read_some tries a recv that finds nothing (and holds a buffer all the while),
// async_wait re-arms the descriptor by epoll_ctl. Yet Asio registers every descriptor edge-triggered and
// remembers edges that came while nobody waited. Waiting on that memory alone is free:
// docs/decisions/0002-edge-readiness.md has the figures.
//
// The contract is that of epoll's edges: wait only after a read or write that came back short or would block.
// A wait may complete without anything to read.
#pragma once

#include "pier/net/types.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/detail/bind_handler.hpp>
#include <boost/asio/detail/fenced_block.hpp>
#include <boost/asio/detail/handler_alloc_helpers.hpp>
#include <boost/asio/detail/handler_invoke_helpers.hpp>
#include <boost/asio/detail/reactor.hpp>
#include <boost/asio/detail/reactor_op.hpp>
#include <boost/asio/version.hpp>

#include <memory>
#include <utility>

static_assert(BOOST_ASIO_VERSION >= 102400 && BOOST_ASIO_VERSION < 102700,
              "readiness.hpp follows the reactor of Asio 1.24 to 1.26: check start_op() before moving on");

namespace pier::net {

namespace detail {

/// Completes at the next edge and, by `done_and_exhausted`, tells the reactor that this edge is used up.
template <class Handler>
class edge_op : public asio::detail::reactor_op {
public:
    BOOST_ASIO_DEFINE_HANDLER_PTR(edge_op);

    explicit edge_op(Handler& handler)
        : reactor_op(error_code{}, &edge_op::do_perform, &edge_op::do_complete), handler_(std::move(handler))
    {
    }

private:
    static status do_perform(reactor_op*) { return done_and_exhausted; }

    static void do_complete(void* owner, asio::detail::operation* base, const error_code&, std::size_t)
    {
        auto* op = static_cast<edge_op*>(base);
        ptr p = {std::addressof(op->handler_), op, op};
        asio::detail::binder1<Handler, error_code> handler(op->handler_, op->ec_);
        p.h = std::addressof(handler.handler_);
        p.reset(); // the operation's memory is free again before the coroutine resumes
        if (owner) {
            asio::detail::fenced_block barrier(asio::detail::fenced_block::half);
            boost_asio_handler_invoke_helpers::invoke(handler, handler.handler_);
        }
    }

    Handler handler_; // runs on the shard's thread, where its executor would put it too
};

} // namespace detail

class readiness {
public:
    enum kind { read = asio::detail::reactor::read_op, write = asio::detail::reactor::write_op };

    explicit readiness(asio::io_context& context)
        : reactor_(asio::use_service<asio::detail::reactor>(context))
    {
    }
    readiness(const readiness&) = delete;
    readiness& operator=(const readiness&) = delete;

    /// Completes with success at the next edge, or at once when one came since the last wait; with
    /// operation_aborted after cancel(). One wait of a kind at a time. `fd` is registered at the first wait,
    /// so a connection that never waits costs no epoll_ctl.
    template <class Token>
    auto wait(int fd, kind what, Token&& token)
    {
        return asio::async_initiate<Token, void(error_code)>(initiate{this, fd, what}, token);
    }

    /// Ends a pending wait, and every later one until resume(): a deadline can never be lost between two
    /// waits.
    void cancel();
    void resume() { cancelled_ = false; }
    bool cancelled() const { return cancelled_; }

    /// Until the next wait the event loop hears nothing of `fd`, and the kernel need not tell it: for a while
    /// in which nobody has to wait. Pending waits complete with operation_aborted.
    void forget(int fd);

    /// Must come before `fd` is closed; pending waits complete with operation_aborted.
    void release(int fd);

private:
    struct initiate {
        readiness* self;
        int fd;
        kind what;

        template <class Handler>
        void operator()(Handler&& handler) const
        {
            using op = detail::edge_op<std::decay_t<Handler>>;
            std::decay_t<Handler> taken(std::forward<Handler>(handler));
            typename op::ptr p = {std::addressof(taken), op::ptr::allocate(taken), nullptr};
            p.p = new (p.v) op(taken);
            self->start(fd, what, p.p);
            p.v = p.p = nullptr;
        }
    };

    void start(int fd, kind what, asio::detail::reactor_op* op);

    asio::detail::reactor& reactor_;
    asio::detail::reactor::per_descriptor_data data_ = nullptr;
    bool cancelled_ = false;
};

} // namespace pier::net
