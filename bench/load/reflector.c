/* Load of reflectors of pings, of any protocol: keeps packets under way on each of its sockets and counts what comes
 * back.
 *
 * The sockets come connected, as descriptors 3, 4, ...: whoever opens them may have had to introduce itself. Standard
 * input holds SIZE bytes for each: its first packet. Four bytes at NUMBER-AT are counted up in each packet. Packets
 * leave in bursts by UDP_SEGMENT, two bursts of each socket under way, and come back by UDP_GRO where the reflector
 * joins its answers, so that this end is rarely the one who is slow. What does not come back is lost, and the
 * window is filled anew. Each answer's length is checked.
 *
 * Usage: load-reflector SECONDS SOCKETS BURST SIZE NUMBER-AT big|little|fixed
 * Prints one line of JSON.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { most_sockets = 64, most_burst = 32, most_size = 1400, batch = 32, room = 65536 };

/* Milliseconds in which nothing comes for anybody, and seconds in which nothing comes for one. Not time that this process
 * is kept waiting for its core: what came meanwhile is there, and to send more then would only fill queues. */
enum { silence = 50 };
static const double patience = 1;

struct flow {
    unsigned char packet[most_size];
    uint32_t number;
    int under_way;
    double heard; /* when something came last */
};

static struct flow flows[most_sockets];
static size_t size, number_at;
static int burst, big, fixed;
static long wrong;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void number(unsigned char *packet, uint32_t n) {
    if (fixed)
        return;
    uint32_t octets = big ? htobe32(n) : htole32(n);
    memcpy(packet + number_at, &octets, sizeof octets);
}

/* One burst in one message, which the kernel cuts into packets. */
static long send_burst(int fd, struct flow *f) {
    static unsigned char bytes[most_burst * most_size];
    for (int i = 0; i < burst; ++i) {
        memcpy(bytes + (size_t)i * size, f->packet, size);
        number(bytes + (size_t)i * size, f->number++);
    }
    struct iovec piece = {bytes, (size_t)burst * size};
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof(uint16_t))];
    } control = {0};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    c->cmsg_level = SOL_UDP;
    c->cmsg_type = UDP_SEGMENT;
    c->cmsg_len = CMSG_LEN(sizeof(uint16_t));
    uint16_t segment = (uint16_t)size;
    memcpy(CMSG_DATA(c), &segment, sizeof segment);
    if (sendmsg(fd, &message, 0) < 0) {
        if (errno == EAGAIN || errno == ENOBUFS || errno == ECONNREFUSED)
            return 0;
        fail("sendmsg");
    }
    f->under_way += burst;
    return burst;
}

/* All that has come; answers that were joined count one by one. */
static long receive_all(int fd, struct flow *f) {
    static unsigned char bytes[batch][room];
    static struct iovec rooms[batch];
    static struct mmsghdr messages[batch];
    for (int i = 0; i < batch; ++i) {
        rooms[i] = (struct iovec){bytes[i], room};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &rooms[i], .msg_iovlen = 1};
    }
    int count = recvmmsg(fd, messages, batch, MSG_DONTWAIT, NULL);
    if (count < 0) {
        if (errno == EAGAIN || errno == ECONNREFUSED)
            return 0;
        fail("recvmmsg");
    }
    long answers = 0;
    for (int i = 0; i < count; ++i) {
        answers += (long)((messages[i].msg_len + size - 1) / size);
        wrong += messages[i].msg_len % size != 0;
    }
    f->under_way -= (int)answers;
    if (f->under_way < 0)
        f->under_way = 0; /* those that had been given up */
    return answers;
}

int main(int argc, char **argv) {
    if (argc != 7) {
        fprintf(stderr, "usage: %s SECONDS SOCKETS BURST SIZE NUMBER-AT big|little|fixed\n", argv[0]);
        return 64;
    }
    double seconds = atof(argv[1]);
    int sockets = atoi(argv[2]);
    burst = atoi(argv[3]);
    size = (size_t)atoi(argv[4]);
    number_at = (size_t)atoi(argv[5]);
    big = strcmp(argv[6], "big") == 0;
    fixed = strcmp(argv[6], "fixed") == 0;
    if (sockets < 1 || burst < 1 || burst > most_burst || sockets > most_sockets || size < number_at + 4 || size > most_size) {
        fprintf(stderr, "SOCKETS from 1 to %d, BURST to %d, SIZE to %d\n", most_sockets, most_burst, most_size);
        return 64;
    }
    struct pollfd waits[most_sockets];
    for (int i = 0; i < sockets; ++i) {
        if (fread(flows[i].packet, 1, size, stdin) != size)
            fail("the packets");
        int fd = 3 + i, on = 1, buffer = 4 << 20;
        setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof on);
        if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer) < 0)
            setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
        waits[i] = (struct pollfd){fd, POLLIN, 0};
    }
    long sent = 0, answers = 0;
    double began = now(), time = began;
    for (; time < began + seconds; time = now()) {
        int busy = 0;
        for (int i = 0; i < sockets; ++i) {
            long came = receive_all(3 + i, &flows[i]);
            answers += came;
            if (came)
                flows[i].heard = time;
            else if (flows[i].under_way && time - flows[i].heard > patience)
                flows[i].under_way = 0; /* lost */
            while (flows[i].under_way <= burst) {
                long went = send_burst(3 + i, &flows[i]);
                if (!went)
                    break;
                sent += went;
                busy = 1;
                if (flows[i].heard == 0)
                    flows[i].heard = time;
            }
            busy |= came > 0;
        }
        if (!busy && poll(waits, (nfds_t)sockets, silence) == 0)
            for (int i = 0; i < sockets; ++i)
                flows[i].under_way = 0;
    }
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                 (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1e-6;
    printf("{\"answered\": %ld, \"sent\": %ld, \"wrong\": %ld, \"seconds\": %.6f, \"cpu\": %.6f}\n", answers, sent, wrong,
           time - began, cpu);
    return 0;
}
