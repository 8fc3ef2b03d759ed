/* The bare datagram loop: the least that a single-threaded server can do to answer datagrams in upper case.
 *
 * One blocking recvmmsg for up to 64 datagrams, a loop over their bytes that the compiler vectorises (build with -O3),
 * one sendmmsg. It looks at no source address, so anybody may make two of it answer each other for ever; it has no
 * limits, no counters, no statistics and cannot be stopped in good order. What a real server costs above this is the
 * price of being one.
 *
 * Frozen: figures taken with it stay comparable only as long as it does not change.
 *
 * Usage: bare-udp
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { batch = 64, room = 2048, stride = room + 64, receive_buffer = 4 << 20 };

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

static int bind_to_loopback(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    check(fd >= 0, "socket");
    int bytes = receive_buffer;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    check(bind(fd, (struct sockaddr *)&address, size) == 0, "bind");
    check(getsockname(fd, (struct sockaddr *)&address, &size) == 0, "getsockname");
    printf("listening on udp://127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

int main(void) {
    static char bytes[batch * stride];
    static struct sockaddr_in peers[batch];
    static struct iovec pieces[batch];
    static struct mmsghdr messages[batch];

    int fd = bind_to_loopback();
    for (int i = 0; i < batch; ++i)
        messages[i].msg_hdr = (struct msghdr){.msg_name = &peers[i], .msg_iov = &pieces[i], .msg_iovlen = 1};
    for (;;) {
        for (int i = 0; i < batch; ++i) {
            pieces[i] = (struct iovec){bytes + i * stride, room};
            messages[i].msg_hdr.msg_namelen = sizeof peers[i];
        }
        int count = recvmmsg(fd, messages, batch, MSG_WAITFORONE, NULL);
        for (int i = 0; i < count; ++i) {
            pieces[i].iov_len = messages[i].msg_len;
            uppercase(pieces[i].iov_base, pieces[i].iov_len);
        }
        for (int sent = 0; sent < count;) {
            int more = sendmmsg(fd, messages + sent, (unsigned)(count - sent), 0);
            sent += more > 0 ? more : 1; /* one that the kernel will not have is given up */
        }
    }
}
