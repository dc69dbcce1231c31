/* SPDX-License-Identifier: MIT */
/* The daemon: options, preparation, and the loop that accepts a connection and
   forks a worker for it (UNP 4.8, TLPI 60.3). The daemon owns the listening
   socket and the pid file, and never reads from a client; a worker owns one
   connection, and gives up the rest first of all. Only main ends a process, but
   for workers, and what comes before prepare has nothing to undo. */
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

#include "daemon.h"
#include "echo.h"
#include "io.h"
#include "log.h"
#include "net.h"
#include "number.h"
#include "pid_file.h"
#include "version.h"
#include "workers.h"

enum { EXIT_USAGE = 2, PAUSE_MS = 100 };

struct options {
    struct net_address address;
    int foreground;
    const char *pid_file; /* NULL: none */
    const char *user;     /* NULL: stay */
    int max_clients;      /* 0: no limit */
    int idle_s;           /* 0: for ever */
    int backlog;
    int any_port; /* the kernel picks one, and we print it */
};

static struct options opt = { .backlog = SOMAXCONN };
static int lfd = -1; /* the listening socket */
static int starved;  /* the error for which accepting pauses, else 0 */
static volatile sig_atomic_t stopping;
static sigset_t stop_signals; /* those that set it */

static const char help[] =
    "Usage: echo64d [OPTION]... IP PORT\n"
    "Send back what comes on each TCP connection to IP (numeric, IPv4 or IPv6)\n"
    "and PORT (0: the kernel picks one, and it is printed).\n"
    "\n"
    "  -f, --foreground            stay attached; log to stderr\n"
    "  -p, --pid-file FILE         write and lock FILE\n"
    "  -m, --max-clients N         serve N clients at a time, the next ones wait\n"
    "                              (0: no limit)\n"
    "  -t, --idle-timeout SECONDS  close a connection silent for so long\n"
    "                              (0: never)\n"
    "  -b, --backlog N             let N connections wait to be accepted\n"
    "  -u, --user NAME             become this user after binding\n"
    "  -h, --help                  print this help\n"
    "  -V, --version               print the version\n";

static int usage(const char *problem, const char *value)
{
    (void)fprintf(stderr,
                  "echo64d: %s '%s'\n"
                  "Try 'echo64d --help'.\n",
                  problem, value);
    return EXIT_USAGE;
}

/* Returns the status to exit with. */
static int print(const char *text)
{
    if (write_full(STDOUT_FILENO, text, strlen(text)) == 0)
        return EXIT_SUCCESS;
    log_line("cannot write to stdout: %s", strerror(errno));
    return EXIT_FAILURE;
}

/* Take IP and PORT. Returns -1, or the status to exit with. */
static int parse_address(char **args)
{
    int port;

    if (args[0] == NULL || args[1] == NULL || args[2] != NULL) {
        (void)fputs("Usage: echo64d [OPTION]... IP PORT\n", stderr);
        return EXIT_USAGE;
    }
    port = number_parse(args[1], 0, 65535);
    if (port < 0)
        return usage("not a port (0 to 65535):", args[1]);
    if (net_parse(args[0], port, &opt.address) < 0)
        return usage("not a numeric address:", args[0]);
    opt.any_port = port == 0;
    return -1;
}

/* Fill in opt. Returns -1, or the status to exit with. */
static int parse_options(int argc, char **argv)
{
    static const struct option longs[] = {
        { "foreground", no_argument, NULL, 'f' },
        { "pid-file", required_argument, NULL, 'p' },
        { "max-clients", required_argument, NULL, 'm' },
        { "idle-timeout", required_argument, NULL, 't' },
        { "backlog", required_argument, NULL, 'b' },
        { "user", required_argument, NULL, 'u' },
        { "help", no_argument, NULL, 'h' },
        { "version", no_argument, NULL, 'V' },
        { NULL, 0, NULL, 0 },
    };
    int c;

    while ((c = getopt_long(argc, argv, "fp:m:t:b:u:hV", longs, NULL)) != -1) {
        int *number = NULL;

        switch (c) {
        case 'f':
            opt.foreground = 1;
            break;
        case 'p':
            opt.pid_file = optarg;
            break;
        case 'u':
            opt.user = optarg;
            break;
        case 'm':
            number = &opt.max_clients;
            break;
        case 't':
            number = &opt.idle_s;
            break;
        case 'b':
            number = &opt.backlog;
            break;
        case 'h':
            return print(help);
        case 'V':
            return print("echo64d " ECHO64_VERSION "\n");
        default: /* getopt_long has said it */
            return EXIT_USAGE;
        }
        if (number != NULL && (*number = number_parse(optarg, 0, INT_MAX)) < 0)
            return usage("not a number (0 to 2147483647):", optarg);
    }
    return parse_address(argv + optind);
}

/* A handler may interrupt any instruction, so it does no more than it must:
   signal-safety(7). What the flag means is decided where it is looked at. */
static void on_stop(int sig)
{
    (void)sig;
    stopping = 1;
}

static void set_signals(void)
{
    struct sigaction stop = { .sa_handler = on_stop };

    (void)sigemptyset(&stop_signals);
    (void)sigaddset(&stop_signals, SIGTERM);
    (void)sigaddset(&stop_signals, SIGINT);
    stop.sa_mask = stop_signals;
    (void)sigaction(SIGTERM, &stop, NULL);
    (void)sigaction(SIGINT, &stop, NULL);
    /* There is no configuration to read anew, and the default is to die. */
    (void)signal(SIGHUP, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN); /* a peer that has gone is an EPIPE */
    (void)signal(SIGXFSZ, SIG_IGN); /* a limit on files is an EFBIG */
    workers_init(opt.max_clients, opt.foreground);
}

static int failed(const char *attempt, const char *object)
{
    /* The object is cut off first: the reason counts more. */
    log_line("cannot %s %.300s: %s", attempt, object, strerror(errno));
    return -1;
}

static int write_pid_file(void)
{
    const char *why;

    if (opt.pid_file == NULL || pid_file_write(opt.pid_file, &why) == 0)
        return 0;
    if (why == NULL)
        return failed("write pid file", opt.pid_file);
    log_line("pid file %.300s %s", opt.pid_file, why);
    return -1;
}

static int become_user(void)
{
    if (opt.user == NULL || daemon_become(opt.user) == 0)
        return 0;
    if (errno != ENOENT)
        return failed("become user", opt.user);
    log_line("there is no user %s", opt.user);
    return -1;
}

/* All that can fail before the first client comes, while there is somebody to
   be told. The pid file comes before the port, so that a second start is
   refused for the right reason; the user after both, whose rights they need;
   the word to the starter last, since it promises all the others. Returns 0 or
   -1. */
static int prepare(void)
{
    char text[NET_TEXT_MAX];
    char line[NET_TEXT_MAX + 1];
    const char *attempt;

    set_signals();
    if (write_pid_file() < 0)
        return -1;
    lfd = tcp_listen(&opt.address, opt.backlog, &attempt);
    (void)net_text(&opt.address, text);
    if (lfd < 0)
        return failed(attempt, text);
    if (become_user() < 0)
        return -1;
    (void)snprintf(line, sizeof line, "%s\n", text);
    if (opt.any_port && print(line) != EXIT_SUCCESS)
        return -1;
    if (!opt.foreground && daemon_ready() < 0)
        return failed("become", "a daemon");
    if (opt.foreground)
        log_line("listening on %s", text);
    else
        log_to_syslog();
    return 0;
}

/* In the worker: only what is safe in a signal handler. */
static void work(int cfd)
{
    /* If it stayed open here, it would go on listening when the daemon has
       ended: clients would be connected, and nobody would serve them. */
    (void)close(lfd);
    pid_file_forget();
    if (stopping)
        (void)shutdown(cfd, SHUT_RD);  /* nothing but what has been received */
    (void)echo_serve(cfd, opt.idle_s); /* ends this connection alone */
}

/* Returns 0 to go on, or -1 to give up. */
static int accept_failed(int error)
{
    switch (tcp_fate(error)) {
    case TCP_AGAIN:
        return 0;
    case TCP_PAUSE:
        if (starved != error) /* told once, not ten times a second */
            log_line("cannot accept for now: %s", strerror(error));
        starved = error;
        /* Nothing wakes us when that changes; and the client that waits makes
           ppoll return at once. */
        (void)poll(NULL, 0, PAUSE_MS);
        return 0;
    default:
        log_line("cannot accept: %s", strerror(error));
        return -1;
    }
}

/* Block until a connection waits or a signal asks to stop. A signal that came
   between the look at the flag and the wait would be noticed only with the next
   client. So it is held from before the look; ppoll lets it in and waits in one
   step (select_tut(2), TLPI 63.5.1). If a connection waits already, ppoll
   returns without letting it in, hence the release of our own: a crowd of
   clients could keep it out for ever. Compared with a blocking accept all this
   costs less than a hundredth of what a worker does. */
static void await_client(void)
{
    struct pollfd p = { .fd = lfd, .events = POLLIN };
    sigset_t old;

    (void)sigprocmask(SIG_BLOCK, &stop_signals, &old);
    if (!stopping)
        (void)ppoll(&p, 1, NULL, &old); /* if it fails, accept says so too */
    (void)sigprocmask(SIG_SETMASK, &old, NULL);
}

/* Accept a connection, if one waits, and give it a worker. Returns 0 to go on,
   or -1 to give up. */
static int serve_one(void)
{
    int cfd = tcp_accept(lfd);

    if (cfd < 0)
        return stopping ? -1 : accept_failed(errno);
    starved = 0;
    if (workers_start(cfd, work) < 0)
        log_line("cannot start a worker, its client is turned away: %s",
                 strerror(errno));
    (void)close(cfd); /* the worker's copy carries the connection */
    return 0;
}

/* Serve until a signal asks to stop. Returns 0, or -1 if there was no way to
   go on. */
static int serve(void)
{
    int waiting;

    do {
        workers_wait(&stopping);
        await_client();
    } while (!stopping && serve_one() == 0);

    /* The kernel has completed the connections that still wait, and has perhaps
       acknowledged their bytes: these are served, and no later ones. */
    waiting = tcp_waiting(lfd);
    while (waiting-- > 0 && !workers_full() && serve_one() == 0)
        continue;
    (void)close(lfd);
    workers_stop();
    return stopping ? 0 : -1;
}

static int run(void)
{
    /* One way out, so that the pid file never outlives a failed start. */
    int status = prepare() == 0 && serve() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;

    if (pid_file_remove() < 0)
        failed("remove pid file", opt.pid_file);
    return status;
}

int main(int argc, char **argv)
{
    int status;

    /* Before anything else is opened, which could get one of these numbers. */
    if (io_standard_fds() < 0) {
        failed("open", "/dev/null");
        return EXIT_FAILURE;
    }
    status = parse_options(argc, argv);
    if (status >= 0)
        return status;
    daemon_reset_signals(); /* in the foreground too: exec has passed them on */
    if (opt.foreground)
        return run();
    if (daemon_close_inherited() < 0) {
        failed("close", "inherited descriptors");
        return EXIT_FAILURE;
    }
    switch (daemon_detach()) {
    case DAEMON_CHILD:
        return run();
    case DAEMON_FAILED: /* there is this process alone */
        failed("detach from", "the terminal");
        return EXIT_FAILURE;
    /* What exit(3) runs is run by the daemon: the starter must not run it
       too. */
    case DAEMON_STARTED:
        _exit(EXIT_SUCCESS);
    default: /* the daemon has said why, if it still could */
        log_line("not started");
        _exit(EXIT_FAILURE);
    }
}
