// TLS handshakes as fast as a server takes them, for counting what they cost it. Frozen: figures of different days
// are to be comparable.
//
//   tls HOST PORT full|resumed CONNECTIONS SECONDS
//
// CONNECTIONS threads each connect, shake hands, say close_notify and FIN and wait until the server has closed: then it
// has finished its part, tickets included. `resumed` goes on with the session of the connection before. Prints one line of
// JSON: handshakes, those that went wrong, seconds, and whose version and cipher.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { most_threads = 256, sources = 8 };

static struct sockaddr_in server;
static int resume;
static atomic_int stop;

struct client {
    pthread_t thread;
    int number;
    long done, wrong;
    SSL_CTX *context;
    SSL_SESSION *session;
    char what[128];
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

// One of several addresses, so that ports do not run short; a reset at the end leaves none waiting.
static int connect_to_server(int number)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in from = {.sin_family = AF_INET};
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (unsigned)(number % sources));
    struct linger reset = {1, 0};
    setsockopt(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    if (bind(fd, (struct sockaddr *)&from, sizeof from) != 0 ||
        connect(fd, (struct sockaddr *)&server, sizeof server) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static int keep(SSL *ssl, SSL_SESSION *session)
{
    struct client *c = SSL_get_app_data(ssl);
    if (c->session)
        SSL_SESSION_free(c->session);
    c->session = session;
    return 1;
}

// 0: as it should be.
static int exchange(struct client *c, int measured)
{
    int fd = connect_to_server(c->number);
    if (fd < 0)
        return -1;
    SSL *ssl = SSL_new(c->context);
    SSL_set_app_data(ssl, c);
    SSL_set_fd(ssl, fd);
    SSL_set_tlsext_host_name(ssl, "localhost");
    if (resume && c->session)
        SSL_set_session(ssl, c->session);
    int result = -1;
    if (SSL_connect(ssl) == 1 && SSL_shutdown(ssl) == 0) {
        shutdown(fd, SHUT_WR);
        char rest[256];
        while (SSL_read(ssl, rest, sizeof rest) > 0)
            ;
        int asked = resume && measured;
        result = SSL_session_reused(ssl) == asked ? 0 : -1;
        snprintf(c->what, sizeof c->what, "%s %s", SSL_get_version(ssl), SSL_get_cipher(ssl));
    }
    ERR_clear_error();
    SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN); // or OpenSSL forgets the session
    SSL_free(ssl);
    close(fd);
    return result;
}

static void *run(void *argument)
{
    struct client *c = argument;
    c->context = SSL_CTX_new(TLS_client_method());
    if (resume) {
        SSL_CTX_set_session_cache_mode(c->context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(c->context, keep);
    }
    c->wrong += exchange(c, 0) != 0;
    while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
        if (exchange(c, 1) == 0)
            ++c->done;
        else if (++c->wrong > 100)
            break;
    }
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 6 || atoi(argv[4]) < 1 || atoi(argv[4]) > most_threads) {
        fprintf(stderr, "usage: tls HOST PORT full|resumed CONNECTIONS SECONDS\n");
        return 64;
    }
    signal(SIGPIPE, SIG_IGN);
    server.sin_family = AF_INET;
    inet_pton(AF_INET, argv[1], &server.sin_addr);
    server.sin_port = htons((unsigned short)atoi(argv[2]));
    resume = strcmp(argv[3], "resumed") == 0;
    int count = atoi(argv[4]);
    static struct client clients[most_threads];
    double began = now();
    for (int i = 0; i < count; ++i) {
        clients[i].number = i;
        pthread_create(&clients[i].thread, NULL, run, &clients[i]);
    }
    while (now() - began < atof(argv[5]))
        usleep(10000);
    atomic_store(&stop, 1);
    long done = 0, wrong = 0;
    for (int i = 0; i < count; ++i) {
        pthread_join(clients[i].thread, NULL);
        done += clients[i].done;
        wrong += clients[i].wrong;
    }
    double seconds = now() - began;
    printf("{\"handshakes\": %ld, \"wrong\": %ld, \"seconds\": %.6f, \"what\": \"%s\"}\n", done, wrong, seconds,
           clients[0].what);
    return 0;
}
