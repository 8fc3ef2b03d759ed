/* Load of datagrams: keeps a window of them under way, from many source addresses, and counts what comes back.
 *
 * One socket asks from 127.0.1.1 to 127.0.1.SOURCES (IP_PKTINFO), in batches both ways, so that it is rarely the one
 * who is slow; and it never sleeps, so that no server spends its time on waking it: it looks for answers every few
 * microseconds. Each answer makes room for the next question; what does not come back within a fifth of a second is
 * lost, and the window is filled anew. Each answer's size and source are checked; of its bytes the first: a capital
 * letter, or the same as was sent for servers that are only to echo.
 *
 * Usage: load-udp PORT SIZE SOURCES WINDOW SECONDS
 * Prints one line of JSON.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

static const double look_again = 15e-6, patience = 0.2; /* seconds */

enum { batch = 64, max_size = 65507, most_sources = 250, receive_buffer = 8 << 20 };

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

static int open_socket(void) {
    struct sockaddr_in any = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    check(fd >= 0, "socket");
    int bytes = receive_buffer;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    check(bind(fd, (struct sockaddr *)&any, sizeof any) == 0, "bind");
    return fd;
}

struct question {
    struct sockaddr_in server;
    struct iovec piece;
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(struct in_pktinfo))];
    } control;
};

static void prepare(struct question *q, struct mmsghdr *message, int port, char *text, size_t size) {
    q->server = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    q->piece = (struct iovec){text, size};
    message->msg_hdr = (struct msghdr){.msg_name = &q->server,
                                       .msg_namelen = sizeof q->server,
                                       .msg_iov = &q->piece,
                                       .msg_iovlen = 1,
                                       .msg_control = &q->control,
                                       .msg_controllen = sizeof q->control.room};
    q->control.header =
        (struct cmsghdr){.cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO, .cmsg_len = CMSG_LEN(sizeof(struct in_pktinfo))};
}

static void send_questions(int fd, struct question *questions, struct mmsghdr *messages, int count, int sources) {
    static unsigned turn;
    for (int i = 0; i < count; ++i) {
        struct in_pktinfo from = {.ipi_spec_dst.s_addr = htonl(0x7f000101 + turn++ % (unsigned)sources)};
        memcpy(CMSG_DATA(&questions[i].control.header), &from, sizeof from);
    }
    for (int sent = 0; sent < count;) {
        int more = sendmmsg(fd, messages + sent, (unsigned)(count - sent), 0);
        check(more > 0 || errno == ENOBUFS || errno == ECONNREFUSED, "sendmmsg");
        sent += more > 0 ? more : 0;
    }
}

int main(int argc, char **argv) {
    static char text[max_size], answers[batch][max_size + 1];
    static struct question questions[batch];
    static struct mmsghdr outgoing[batch], incoming[batch];
    static struct sockaddr_in from[batch];
    static struct iovec rooms[batch];

    if (argc != 6) {
        fprintf(stderr, "usage: %s PORT SIZE SOURCES WINDOW SECONDS\n", argv[0]);
        return 64;
    }
    int port = atoi(argv[1]), sources = atoi(argv[3]), window = atoi(argv[4]);
    size_t size = (size_t)atoi(argv[2]);
    double seconds = atof(argv[5]);
    if (size < 1 || size > max_size || sources < 1 || sources > most_sources || window < 1) {
        fprintf(stderr, "SIZE from 1, SOURCES from 1 to %d, WINDOW from 1\n", most_sources);
        return 64;
    }
    memset(text, 'q', size);
    for (int i = 0; i < batch; ++i) {
        prepare(&questions[i], &outgoing[i], port, text, size);
        rooms[i] = (struct iovec){answers[i], sizeof answers[i]};
        incoming[i].msg_hdr = (struct msghdr){.msg_name = &from[i], .msg_iov = &rooms[i], .msg_iovlen = 1};
    }
    int fd = open_socket();
    unsigned long long answered = 0, lost = 0, wrong = 0, echoed = 0;
    double begin = now(), end = begin + seconds, time = begin, heard = begin;
    for (int under_way = 0; time < end;) {
        while (under_way < window) {
            int count = window - under_way < batch ? window - under_way : batch;
            send_questions(fd, questions, outgoing, count, sources);
            under_way += count;
        }
        for (int i = 0; i < batch; ++i)
            incoming[i].msg_hdr.msg_namelen = sizeof from[i];
        for (double looked = time; (time = now()) < looked + look_again;)
            ;
        int got = recvmmsg(fd, incoming, batch, MSG_DONTWAIT, NULL);
        if (got <= 0) {
            if (time > heard + patience) {
                lost += (unsigned)under_way;
                under_way = 0;
                heard = time;
            }
            continue;
        }
        heard = time;
        for (int i = 0; i < got; ++i) {
            int right = incoming[i].msg_len == size && ntohs(from[i].sin_port) == port;
            wrong += !right || (answers[i][0] != 'Q' && answers[i][0] != 'q');
            echoed += answers[i][0] == 'q';
        }
        answered += (unsigned)got;
        under_way -= got < under_way ? got : under_way;
    }
    double took = time - begin;
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    printf("{\"answered\": %llu, \"lost\": %llu, \"wrong\": %llu, \"echoed\": %llu, \"seconds\": %.6f, \"cpu\": %.6f}\n",
           answered, lost, wrong, echoed, took,
           (double)used.ru_utime.tv_sec + (double)used.ru_stime.tv_sec +
               (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6);
}
