/* The bare responder: the least that a single-threaded server can do for a keep-alive HTTP request.
 *
 * One level-triggered epoll loop; for each readable connection one recv and one send. It parses nothing: when what it
 * read ends in an empty line it sends a prepared answer. It therefore serves only clients that send each request in
 * one piece and wait for its answer, as load generators do. It has no limits, no deadlines and no log. What a real
 * server costs above this is the price of being one.
 *
 * Frozen: figures taken with it stay comparable only as long as it does not change.
 *
 * Usage: bare-http FILE    answers every request with the bytes of FILE (at most 1 KiB)
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { max_body = 1024, max_head = 512, max_request = 16384, max_events = 512 };

static void check(int ok, const char *what) {
    if (!ok) {
        perror(what);
        exit(1);
    }
}

/* Writes the answer, with the header fields that a file server sends, and returns its length. */
static size_t prepare(char *answer, const char *path) {
    char body[max_body];
    FILE *file = fopen(path, "rb");
    check(file != NULL, path);
    size_t length = fread(body, 1, sizeof body, file);
    fclose(file);

    char date[64];
    time_t now = time(NULL);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime(&now));
    int head = snprintf(answer, max_head,
                        "HTTP/1.1 200 OK\r\n"
                        "Server: bare\r\n"
                        "Date: %s\r\n"
                        "Content-Type: text/html\r\n"
                        "Content-Length: %zu\r\n"
                        "Last-Modified: %s\r\n"
                        "Connection: keep-alive\r\n"
                        "ETag: \"%zx-%zx\"\r\n"
                        "Accept-Ranges: bytes\r\n"
                        "\r\n",
                        date, length, date, (size_t)now, length);
    memcpy(answer + head, body, length);
    return head + length;
}

static int listen_on_loopback(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    check(listener >= 0, "socket");
    check(bind(listener, (struct sockaddr *)&address, size) == 0, "bind");
    check(listen(listener, SOMAXCONN) == 0, "listen");
    check(getsockname(listener, (struct sockaddr *)&address, &size) == 0, "getsockname");
    printf("listening on http://127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

static void watch(int epoll, int fd) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    check(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
}

static void accept_one(int epoll, int listener) {
    int connection = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (connection >= 0) {
        int on = 1;
        setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(epoll, connection);
    }
}

int main(int argc, char **argv) {
    static char answer[max_head + max_body];
    static char request[max_request];
    static struct epoll_event events[max_events];

    if (argc != 2) {
        fprintf(stderr, "usage: %s FILE\n", argv[0]);
        return 64;
    }
    size_t length = prepare(answer, argv[1]);
    int listener = listen_on_loopback();
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    check(epoll >= 0, "epoll_create1");
    watch(epoll, listener);

    for (;;) {
        int count = epoll_wait(epoll, events, max_events, -1);
        for (int i = 0; i < count; ++i) {
            int fd = events[i].data.fd;
            if (fd == listener) {
                accept_one(epoll, listener);
                continue;
            }
            ssize_t got = recv(fd, request, sizeof request, 0);
            if (got >= 4 && memcmp(request + got - 4, "\r\n\r\n", 4) == 0 &&
                send(fd, answer, length, MSG_NOSIGNAL) == (ssize_t)length)
                continue;
            close(fd); /* the end, an error, or a client that this server is not for */
        }
    }
}
