/* The bare stream loop: the least that a single-threaded server can do to answer connections in upper case.
 *
 * One level-triggered epoll loop; for each readable connection one recv of up to 64 KiB, a loop over its bytes that the
 * compiler vectorises (build with -O3), and as many sends as that takes. A peer that does not read makes it wait for
 * that connection's turn to write and read nothing more from it. It has no limits, no deadlines, no log, no counters.
 * What a real server costs above this is the price of being one.
 *
 * Frozen: figures taken with it stay comparable only as long as it does not change.
 *
 * Usage: bare-tcp
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { room = 64 * 1024, max_events = 512, max_connections = 65536 };

/* What a connection could not yet be sent; none as long as its peer reads. */
struct rest {
    char *bytes;
    size_t at, length;
};

static void check(int ok, const char *what) {
    if (!ok) {
        perror(what);
        exit(1);
    }
}

static void uppercase(char *text, size_t length) {
    for (size_t i = 0; i < length; ++i)
        text[i] -= (unsigned char)(text[i] - 'a') < 26 ? 'a' - 'A' : 0;
}

static int listen_on_loopback(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    check(listener >= 0, "socket");
    check(bind(listener, (struct sockaddr *)&address, size) == 0, "bind");
    check(listen(listener, SOMAXCONN) == 0, "listen");
    check(getsockname(listener, (struct sockaddr *)&address, &size) == 0, "getsockname");
    printf("listening on tcp://127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

static void watch(int epoll, int operation, int fd, uint32_t events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    check(epoll_ctl(epoll, operation, fd, &event) == 0, "epoll_ctl");
}

static void accept_one(int epoll, int listener) {
    int connection = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connection >= max_connections) {
        close(connection);
    } else if (connection >= 0) {
        int on = 1;
        setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(epoll, EPOLL_CTL_ADD, connection, EPOLLIN);
    }
}

/* Sends the rest; 1 when all is sent, 0 when the peer takes no more for now, -1 when it is gone. */
static int send_rest(int fd, struct rest *rest) {
    while (rest->at < rest->length) {
        ssize_t sent = send(fd, rest->bytes + rest->at, rest->length - rest->at, MSG_NOSIGNAL);
        if (sent < 0)
            return errno == EAGAIN ? 0 : -1;
        rest->at += (size_t)sent;
    }
    return 1;
}

int main(void) {
    static char bytes[room];
    static struct rest rests[max_connections];
    static struct epoll_event events[max_events];

    int listener = listen_on_loopback();
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    check(epoll >= 0, "epoll_create1");
    watch(epoll, EPOLL_CTL_ADD, listener, EPOLLIN);
    for (;;) {
        int count = epoll_wait(epoll, events, max_events, -1);
        for (int i = 0; i < count; ++i) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                accept_one(epoll, listener);
                continue;
            }
            struct rest *rest = &rests[fd];
            if (rest->bytes) {
                int done = send_rest(fd, rest);
                if (done == 0)
                    continue;
                free(rest->bytes);
                *rest = (struct rest){0};
                if (done > 0)
                    watch(epoll, EPOLL_CTL_MOD, fd, EPOLLIN);
                else
                    close(fd);
                continue;
            }
            ssize_t got = recv(fd, bytes, room, 0);
            if (got <= 0) {
                if (got == 0 || errno != EAGAIN)
                    close(fd);
                continue;
            }
            uppercase(bytes, (size_t)got);
            struct rest all = {bytes, 0, (size_t)got};
            int done = send_rest(fd, &all);
            if (done < 0) {
                close(fd);
            } else if (done == 0) {
                rest->length = all.length - all.at;
                rest->bytes = malloc(rest->length);
                check(rest->bytes != NULL, "malloc");
                memcpy(rest->bytes, bytes + all.at, rest->length);
                watch(epoll, EPOLL_CTL_MOD, fd, EPOLLOUT);
            }
        }
    }
}
