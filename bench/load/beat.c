/* Beats for many senders: beat PORT SENDERS SECONDS
 *
 * Each sender beats once a second, from one of 256 addresses 127.0.x.y, evenly spread over the second. Prints as
 * JSON how many beats it has sent, and how far it was behind its schedule at worst. Knows nothing of Pier but the packet, see
 * lib/pier/beat/packet.hpp. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <endian.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SOCKETS = 256, BATCH = 64, NAME = 14, PACKET = 33 + NAME };

static int64_t now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int open_socket(unsigned index, uint16_t port)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000100u + index)};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (fd < 0 || bind(fd, (struct sockaddr*)&from, sizeof from) || connect(fd, (struct sockaddr*)&to, sizeof to)) {
        perror("beat: socket");
        exit(1);
    }
    return fd;
}

static void put64(unsigned char* to, uint64_t value)
{
    value = htobe64(value);
    memcpy(to, &value, 8);
}

static void write_beat(unsigned char* at, uint64_t boot, uint64_t sequence, unsigned sender)
{
    uint32_t interval = htobe32(1000);
    memcpy(at, "PB\1\0", 4);
    put64(at + 4, boot);
    put64(at + 12, sequence);
    put64(at + 20, (uint64_t)now(CLOCK_REALTIME));
    memcpy(at + 28, &interval, 4);
    at[32] = NAME;
    char name[24];
    snprintf(name, sizeof name, "sender-%07u", sender);
    memcpy(at + 33, name, NAME);
}

int main(int argc, char** argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: beat PORT SENDERS SECONDS\n");
        return 64;
    }
    uint16_t port = (uint16_t)atoi(argv[1]);
    unsigned senders = (unsigned)atoi(argv[2]);
    uint64_t beats = (uint64_t)senders * (uint64_t)atoi(argv[3]);
    static int sockets[SOCKETS];
    for (unsigned i = 0; i < SOCKETS; ++i)
        sockets[i] = open_socket(i, port);

    static unsigned char packets[BATCH][PACKET];
    static struct iovec pieces[BATCH];
    static struct mmsghdr messages[BATCH];
    for (unsigned i = 0; i < BATCH; ++i) {
        pieces[i] = (struct iovec){packets[i], PACKET};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &pieces[i], .msg_iovlen = 1};
    }
    uint64_t boot = (uint64_t)now(CLOCK_REALTIME), sent = 0, failed = 0;
    int64_t start = now(CLOCK_MONOTONIC), latest = 0;
    while (sent < beats) {
        /* Batches of one address; the next one when its first beat is due. */
        int64_t due = start + (int64_t)((double)sent * 1e9 / senders);
        struct timespec until = {due / 1000000000, due % 1000000000};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        int64_t behind = now(CLOCK_MONOTONIC) - due;
        latest = behind > latest ? behind : latest;
        unsigned count = 0;
        for (; count < BATCH && sent + count < beats; ++count)
            write_beat(packets[count], boot, (sent + count) / senders + 1, (unsigned)((sent + count) % senders));
        int done = sendmmsg(sockets[sent / BATCH % SOCKETS], messages, count, 0);
        failed += count - (unsigned)(done < 0 ? 0 : done);
        sent += count;
    }
    printf("{\"sent\": %llu, \"failed\": %llu, \"milliseconds_behind\": %.1f}\n", (unsigned long long)sent,
           (unsigned long long)failed, (double)latest / 1e6);
    return 0;
}
