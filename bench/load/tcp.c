/* Load of connections: each sends SIZE bytes, waits for as many, and begins again; or, with a WINDOW, keeps so many bytes
 * under way without waiting. Each answer's first byte is checked: a capital letter, or the same for servers that are
 * only to echo. One epoll loop.
 *
 * Usage: load-tcp PORT SIZE CONNECTIONS WINDOW SECONDS     (WINDOW 0: one message, one answer)
 * Prints one line of JSON; round-trip times in microseconds are of whole messages, 0 with a WINDOW.
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
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { max_size = 65536, most_events = 512, sources = 16, buckets = 1 << 20 };

struct connection {
    int fd;
    unsigned long long sent, received, answered; /* bytes; bytes of whole answers */
    double begun;
    int waits; /* for room to write */
};

static void check(int ok, const char *what) {
    if (!ok) {
        perror(what);
        exit(1);
    }
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static char text[max_size], answer[1 << 18];
static unsigned histogram[buckets]; /* tenths of a microsecond */
static size_t size;
static unsigned long long window, messages, bytes, wrong, echoed;
static int epoll;

static int connect_from(int index, int port) {
    /* Several source addresses, so that ports in TIME_WAIT from earlier runs do not run us short. */
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000102u + (unsigned)(index % sources))};
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    check(fd >= 0, "socket");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    check(bind(fd, (struct sockaddr *)&from, sizeof from) == 0, "bind");
    check(connect(fd, (struct sockaddr *)&to, sizeof to) == 0, "connect");
    return fd;
}

/* How much may be sent now. */
static size_t allowed(const struct connection *c) {
    unsigned long long most = window ? c->answered + window : (c->answered / size + 1) * size;
    unsigned long long left = most > c->sent ? most - c->sent : 0;
    return left < size ? (size_t)left : size;
}

static void send_more(struct connection *c) {
    size_t count;
    while ((count = allowed(c)) > 0) {
        if (c->sent % size == 0)
            c->begun = now();
        ssize_t sent = send(c->fd, text, count, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0) {
            check(errno == EAGAIN, "send");
            break;
        }
        c->sent += (unsigned long long)sent;
    }
    int waits = count > 0;
    if (waits != c->waits) {
        struct epoll_event event = {.events = EPOLLIN | (waits ? EPOLLOUT : 0), .data.ptr = c};
        check(epoll_ctl(epoll, EPOLL_CTL_MOD, c->fd, &event) == 0, "epoll_ctl");
        c->waits = waits;
    }
}

static void receive(struct connection *c) {
    ssize_t got = recv(c->fd, answer, sizeof answer, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN)
        return;
    check(got > 0, "recv"); /* a server that ends a connection ends the measurement */
    wrong += answer[0] != 'Q' && answer[0] != 'q';
    echoed += answer[0] == 'q';
    c->received += (unsigned long long)got;
    bytes += (unsigned long long)got;
    if (window) {
        c->answered = c->received;
    } else if (c->received == c->sent && c->sent % size == 0) {
        c->answered = c->received;
        double tenths = (now() - c->begun) * 1e7;
        ++histogram[tenths < buckets - 1 ? (unsigned)tenths : buckets - 1];
        ++messages;
    }
}

static double quantile(double q) {
    unsigned long long rank = (unsigned long long)((double)messages * q), seen = 0;
    for (unsigned i = 0; i < buckets; ++i)
        if ((seen += histogram[i]) > rank)
            return (double)i / 10;
    return 0;
}

int main(int argc, char **argv) {
    if (argc != 6) {
        fprintf(stderr, "usage: %s PORT SIZE CONNECTIONS WINDOW SECONDS\n", argv[0]);
        return 64;
    }
    int port = atoi(argv[1]), count = atoi(argv[3]);
    size = (size_t)atoi(argv[2]);
    window = (unsigned long long)atoll(argv[4]);
    double seconds = atof(argv[5]);
    if (size < 1 || size > max_size || count < 1) {
        fprintf(stderr, "SIZE from 1 to %d, CONNECTIONS from 1\n", max_size);
        return 64;
    }
    memset(text, 'q', sizeof text);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    struct connection *all = calloc((size_t)count, sizeof *all);
    static struct epoll_event events[most_events];
    for (int i = 0; i < count; ++i) {
        all[i].fd = connect_from(i, port);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
        check(epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].fd, &event) == 0, "epoll_ctl");
    }
    double begin = now(), end = begin + seconds;
    for (int i = 0; i < count; ++i)
        send_more(&all[i]);
    while (now() < end) {
        int ready = epoll_wait(epoll, events, most_events, 1000);
        check(ready != 0, "no answer for a second");
        for (int i = 0; i < ready; ++i) {
            struct connection *c = events[i].data.ptr;
            if (events[i].events & (EPOLLIN | EPOLLERR | EPOLLHUP))
                receive(c);
            send_more(c);
        }
    }
    double took = now() - begin;
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("{\"messages\": %llu, \"bytes\": %llu, \"wrong\": %llu, \"echoed\": %llu, \"p50\": %.1f, \"p99\": %.1f, "
           "\"seconds\": %.6f, \"cpu\": %.6f}\n",
           messages, bytes, wrong, echoed, quantile(0.5), quantile(0.99), took,
           (double)used.ru_utime.tv_sec + (double)used.ru_stime.tv_sec +
               (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6);
}
