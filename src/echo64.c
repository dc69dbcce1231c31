/* SPDX-License-Identifier: MIT */
/* The client: a line, its frames, the reply, compared; again. Each wait for the
   server has a limit, and none is for one thing while another could go on: it
   reads the echo while it still sends, and notices a server that goes away
   while the user thinks (UNP 6.4). It trusts nothing that comes back: every
   byte is compared before one is printed. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "frame.h"
#include "io.h"
#include "net.h"
#include "number.h"
#include "version.h"

enum {
    EXIT_USAGE = 2,
    CHUNK = 64 * 1024, /* bytes of input to read at once */
    FAREWELL_MS = 1000 /* how long the server may take to close its side;
                          the shortest timeout is no shorter */
};

struct buffer {
    char *data;
    size_t size; /* bytes of room */
};

/* One user, one server. */
struct session {
    struct buffer input;        /* what has been read from stdin: its bytes */
    size_t input_at, input_end; /* from here to there are still to handle */
    int input_ended;            /* the end of input has been met */
    struct buffer out, in;      /* the frames of a line, and of its reply */
    int server;                 /* the connected socket; it does not block */
    char where[NET_TEXT_MAX];   /* the server's address, for messages */
    int timeout_ms;             /* the longest wait for an answer */
    int quiet;                  /* the replies alone are printed */
};

static const char prompt[] = "client > ";
static const char reply_head[] = "recv from server : ";

static const char help[] =
    "Usage: echo64 [OPTION]... IP PORT\n"
    "Send each line of the input to the echo server at IP (numeric, IPv4 or IPv6)\n"
    "and PORT in frames of 64 bytes, and print what comes back. 'quit' alone on a\n"
    "line, or the end of input, ends it.\n"
    "\n"
    "  -q, --quiet            print the replies alone\n"
    "  -t, --timeout SECONDS  wait so long for an answer (default 10)\n"
    "  -h, --help             print this help\n"
    "  -V, --version          print the version\n";

static int usage(const char *problem, const char *value)
{
    (void)fprintf(stderr, "echo64: %s '%s'\nTry 'echo64 --help'.\n", problem,
                  value);
    return EXIT_USAGE;
}

static int failed(const char *attempt, const char *object, const char *reason)
{
    (void)fprintf(stderr, "echo64: %s %s: %s\n", attempt, object, reason);
    return -1;
}

/* No stdio: a line may hold NULs, and the prompt has no newline to be written
   out at. */
static int print(const char *data, size_t size)
{
    if (write_full(STDOUT_FILENO, data, size) == 0)
        return 0;
    return failed("cannot write to", "stdout", strerror(errno));
}

/* Twice the room each time: a line that grows by chunks is then copied once on
   the whole, not once for each chunk. */
static int reserve(struct buffer *b, size_t size)
{
    size_t room = size > 2 * b->size ? size : 2 * b->size;
    char *data;

    if (size <= b->size)
        return 0;
    data = realloc(b->data, room);
    if (data == NULL)
        return failed("cannot hold", "the line", strerror(errno));
    b->data = data;
    b->size = room;
    return 0;
}

/* Called when no reply is due: any byte that the server sends is wrong then. */
static int check_server(const struct session *s)
{
    char byte;
    ssize_t n = recv(s->server, &byte, 1, MSG_DONTWAIT);

    if (n > 0)
        return failed("wrong reply from", s->where, "more than was sent");
    if (n == 0)
        return failed("lost", s->where, "the server closed the connection");
    if (errno == EAGAIN || errno == EINTR)
        return 0;
    return failed("lost", s->where, strerror(errno));
}

/* Wait until there is something to read on stdin. */
static int await_input(const struct session *s)
{
    struct pollfd p[2] = { { .fd = STDIN_FILENO, .events = POLLIN },
                           { .fd = s->server, .events = POLLIN } };

    for (;;) {
        int n = poll(p, 2, -1);

        if (n < 0 && errno != EINTR)
            return failed("cannot wait for", "input", strerror(errno));
        if (n > 0 && p[0].revents)
            return 0;
        if (n > 0 && check_server(s) < 0)
            return -1;
    }
}

/* Read a chunk more. Input that is pasted or piped holds many lines, of which
   the last may be half: what is left of it moves to the front, or the buffer
   would grow with all that was ever read. */
static int read_input(struct session *s)
{
    ssize_t n;

    if (s->input_at > 0) {
        s->input_end -= s->input_at;
        memmove(s->input.data, s->input.data + s->input_at, s->input_end);
        s->input_at = 0;
    }
    if (reserve(&s->input, s->input_end + CHUNK) < 0 || await_input(s) < 0)
        return -1;
    n = read_some(STDIN_FILENO, s->input.data + s->input_end, CHUNK);
    if (n < 0 && errno != EAGAIN)
        return failed("cannot read", "stdin", strerror(errno));
    if (n == 0)
        s->input_ended = 1;
    if (n > 0)
        s->input_end += (size_t)n;
    return 0;
}

/* Set *line and *len to the next line of the input, its newline included where
   it has one; good until the next call. Returns 1, 0 at the end, or -1. */
static int next_line(struct session *s, const char **line, size_t *len)
{
    /* Bytes known to hold no newline: to look at them again after each chunk
       would take a time that grows with the square of the line. */
    size_t seen = 0;

    for (;;) {
        size_t there = s->input_end - s->input_at;
        const char *newline = NULL;

        /* Before the first chunk there is no buffer to point into. */
        if (there > seen)
            newline =
                memchr(s->input.data + s->input_at + seen, '\n', there - seen);
        if (newline != NULL || (s->input_ended && there > 0)) {
            *line = s->input.data + s->input_at;
            *len = newline != NULL ? (size_t)(newline - *line) + 1 : there;
            s->input_at += *len;
            return 1;
        }
        if (s->input_ended)
            return 0;
        seen = there;
        if (read_input(s) < 0)
            return -1;
    }
}

/* Send as much of the size bytes in s->out as the server takes now. */
static int transmit(const struct session *s, size_t size, size_t *sent)
{
    ssize_t n =
        send(s->server, s->out.data + *sent, size - *sent, MSG_NOSIGNAL);

    /* poll(2) says that there is some room, not that it is enough: the rest is
       for later. */
    if (n >= 0)
        *sent += (size_t)n;
    else if (errno != EAGAIN && errno != EINTR)
        return failed("cannot send to", s->where, strerror(errno));
    return 0;
}

/* Receive what is there into s->in, and compare it with what was sent. */
static int receive(const struct session *s, size_t size, size_t sent,
                   size_t *got)
{
    ssize_t n = recv(s->server, s->in.data + *got, size - *got, 0);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (n < 0)
        return failed("no reply from", s->where, strerror(errno));
    if (n == 0)
        return failed("no reply from", s->where,
                      "the server closed the connection");
    /* Checked first: beyond what was sent there is nothing to compare with. */
    if ((size_t)n > sent - *got)
        return failed("wrong reply from", s->where, "more than was sent");
    if (memcmp(s->in.data + *got, s->out.data + *got, (size_t)n) != 0)
        return failed("wrong reply from", s->where, "it differs from the line");
    *got += (size_t)n;
    return 0;
}

/* Send size bytes of s->out and receive as many into s->in, both at a time. The
   buffers between us and the server hold less than a long line: if we only
   sent, the server would wait for us to read, and we for it (UNP 16.2). The
   limit is on silence, not on the whole: a long line may take its time. */
static int exchange(const struct session *s, size_t size)
{
    size_t sent = 0;
    size_t got = 0;

    while (got < size) {
        struct pollfd p = { .fd = s->server, .events = POLLIN };
        int n;

        if (sent < size)
            p.events |= POLLOUT;
        n = poll(&p, 1, s->timeout_ms);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return failed("cannot wait for", s->where, strerror(errno));
        if (n == 0)
            return failed("no reply from", s->where, strerror(ETIMEDOUT));
        /* Receive first: what has come cannot answer what is not sent yet. */
        if ((p.revents & ~POLLOUT) && receive(s, size, sent, &got) < 0)
            return -1;
        if ((p.revents & POLLOUT) && transmit(s, size, &sent) < 0)
            return -1;
    }
    return 0;
}

/* Send a line in frames; print the line that the frames of the reply carry. */
static int echo_line(struct session *s, const char *line, size_t len)
{
    size_t frames = frame_count(len);
    size_t size = frames * FRAME_BYTES;

    if (reserve(&s->out, size) < 0 || reserve(&s->in, size) < 0)
        return -1;
    frame_fill(s->out.data, line, len);
    if (exchange(s, size) < 0)
        return -1;
    /* The padding is known to be NULs, as it is equal to what was sent: without
       it one call prints the line whole. */
    frame_join(s->in.data, frames);
    if (!s->quiet && print(reply_head, sizeof reply_head - 1) < 0)
        return -1;
    return print(s->in.data, len);
}

static int is_quit(const char *line, size_t len)
{
    static const char quit[] = "quit\n";
    const size_t newline = sizeof quit - 2; /* where it stands */

    /* The last line may lack its newline. */
    return (len == newline || len == newline + 1) &&
           memcmp(line, quit, len) == 0;
}

/* Returns 0 at quit or the end of input, or -1. */
static int talk(struct session *s)
{
    const char *line;
    size_t len;
    int more;

    for (;;) {
        if (!s->quiet && print(prompt, sizeof prompt - 1) < 0)
            return -1;
        more = next_line(s, &line, &len);
        if (more <= 0 || is_quit(line, len))
            return more < 0 ? -1 : 0;
        if (echo_line(s, line, len) < 0)
            return -1;
    }
}

/* Close our side, and see that nothing more comes: bytes left unread would also
   turn our close into a reset. A server that keeps its side open, or resets it
   now, has answered all that it had to. */
static int part(const struct session *s)
{
    struct pollfd p = { .fd = s->server, .events = POLLIN };
    char byte;
    ssize_t n = -1;

    /* Not close: the server is to see our end and we are to hear what it still
       says (UNP 6.6). */
    if (shutdown(s->server, SHUT_WR) < 0)
        return failed("lost", s->where, strerror(errno));
    if (poll(&p, 1, FAREWELL_MS) > 0)
        n = recv(s->server, &byte, 1, 0);
    (void)close(s->server); /* there is nothing more to learn about it */
    if (n > 0)
        return failed("wrong reply from", s->where, "more than was sent");
    return 0;
}

/* Returns the status to exit with. */
static int inform(const char *text)
{
    return print(text, strlen(text)) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Returns -1, or the status to exit with. */
static int parse_options(int argc, char **argv, struct session *s,
                         struct net_address *a)
{
    static const struct option longs[] = {
        { "quiet", no_argument, NULL, 'q' },
        { "timeout", required_argument, NULL, 't' },
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'V' },
        { NULL, 0, NULL, 0 },
    };
    int seconds;
    int port;
    int c;

    while ((c = getopt_long(argc, argv, "qt:hV", longs, NULL)) != -1)
        switch (c) {
        case 'q':
            s->quiet = 1;
            break;
        case 't':
            seconds = number_parse(optarg, 1, INT_MAX / 1000);
            if (seconds < 0)
                return usage("not a number of seconds (1 to 2147483):", optarg);
            s->timeout_ms = seconds * 1000;
            break;
        case 'h':
            return inform(help);
        case 'V':
            return inform("echo64 " ECHO64_VERSION "\n");
        default: /* getopt_long has said it */
            return EXIT_USAGE;
        }
    if (argc - optind != 2) {
        (void)fputs("Usage: echo64 [OPTION]... IP PORT\n", stderr);
        return EXIT_USAGE;
    }
    port = number_parse(argv[optind + 1], 1, 65535);
    if (port < 0)
        return usage("not a port (1 to 65535):", argv[optind + 1]);
    if (net_parse(argv[optind], port, a) < 0)
        return usage("not a numeric address:", argv[optind]);
    return -1;
}

int main(int argc, char **argv)
{
    struct session s = { .server = -1, .timeout_ms = 10 * 1000 };
    struct net_address address;
    int status;

    if (io_standard_fds() < 0)
        return EXIT_FAILURE;
    status = parse_options(argc, argv, &s, &address);
    if (status >= 0)
        return status;
    (void)signal(SIGPIPE, SIG_IGN); /* a reader that has gone is an EPIPE */
    (void)net_text(&address, s.where);
    s.server = tcp_connect(&address, s.timeout_ms);
    if (s.server < 0) {
        (void)failed("cannot connect to", s.where, strerror(errno));
        return EXIT_FAILURE;
    }
    status = talk(&s) == 0 && part(&s) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    free(s.input.data);
    free(s.out.data);
    free(s.in.data);
    return status;
}
