/* SPDX-License-Identifier: MIT */
/* A client is started, served and ended here, by one loop in the process of the
   case, which plays its user and its server. The client is forked by
   subject_launch and belongs to the sandbox. What can be seen of its state
   stands in client_session_state.c. */
#include "session/client_session.h"

#include "fault/seccomp_filter.h"
#include "linux/child_wait.h"
#include "linux/process_signal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <termios.h>
#include <unistd.h>

/* What is kept of its output is more than any case makes it print. */
enum {
    KEPT_BYTES = 8 << 20,
    CHUNK = 65536,
    POLLS = PEER_POLLS + 4,
    LONGEST_STEP_MS = 5,
    END_OF_INPUT = 4
};

/* ---- starting ---- */

/* The client's ends of the streams, which are closed here once it has been
   started. */
struct ends {
    int in, out, err;
    struct pty *tty; /* instead of them, or NULL */
    struct seccomp_filter *filter;
};

/* In the child, last before exec. */
static int wear(void *arg)
{
    struct ends *e = arg;

    if (e->tty) {
        if (pty_take(e->tty) < 0)
            return -1;
    } else if (dup2(e->in, 0) < 0 || dup2(e->out, 1) < 0 ||
               dup2(e->err, 2) < 0) {
        return -1;
    }
    return e->filter ? seccomp_filter_install(e->filter) : 0;
}

static int make_pipe(int *ours, int *its, bool for_input)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    *ours = ends[for_input];
    *its = ends[!for_input];
    return fcntl(*ours, F_SETFL, O_NONBLOCK);
}

/* Lines as on any terminal, but what comes out is what was printed: no echo,
   no carriage returns. */
static int open_terminal(struct session *d)
{
    struct termios t;

    if (pty_open(&d->tty, &d->step) < 0)
        return -1;
    if (tcgetattr(d->tty.slave, &t) < 0)
        return -1;
    t.c_lflag &= ~(tcflag_t)ECHO;
    t.c_oflag &= ~(tcflag_t)OPOST;
    if (tcsetattr(d->tty.slave, TCSANOW, &t) < 0)
        return -1;
    d->out = fcntl(d->tty.master, F_DUPFD_CLOEXEC, 0);
    return d->out < 0 ? -1 : fcntl(d->out, F_SETFL, O_NONBLOCK);
}

static int open_streams(struct session *d, const struct session_how *how,
                        struct ends *e)
{
    d->step = "pipe";
    if (how->terminal) {
        e->tty = &d->tty;
        return open_terminal(d);
    }
    if (make_pipe(&d->in, &e->in, true) < 0 ||
        make_pipe(&d->err, &e->err, false) < 0)
        return -1;
    if (!how->out)
        return make_pipe(&d->out, &e->out, false);
    d->step = how->out;
    e->out = open(how->out, O_WRONLY | O_CLOEXEC);
    return e->out < 0 ? -1 : 0;
}

static int open_peer(struct session *d, const struct session_how *how)
{
    const struct target *t = d->place.target;
    struct address at;

    d->step = t->ip;
    if (address_parse(&at, t->ip, d->place.port) < 0)
        return -1;
    address_make_reachable(&at);
    return how->no_server ? 0 : peer_begin(&d->peer, &at, &d->log);
}

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static enum subject_up start(struct session *d, const struct session_how *how,
                             struct ends *e)
{
    struct subject_how start_how = {
        .ip = how->ip,
        .port = how->port,
        .no_address = how->no_address,
        .pre_exec = wear,
        .arg = e,
    };
    enum subject_up up =
        subject_launch(&d->client, d->place.target, d->place.sandbox,
                       d->place.port, &start_how);

    if (up == SUBJECT_UP)
        d->pidfd = pidfd_open(d->client.start, 0);
    return up;
}

enum subject_up session_begin(struct session *d,
                              const struct session_place *place,
                              const struct session_how *how)
{
    struct ends e = { -1, -1, -1, NULL, how->filter };
    enum subject_up up = SUBJECT_TROUBLE;

    memset(d, 0, sizeof *d);
    d->place = *place;
    d->in = d->out = d->err = d->pidfd = -1;
    d->peer.lfd = d->peer.fd = d->tty.master = d->tty.slave = -1;
    d->client.sd = d->client.out = d->client.err = -1;
    if (open_streams(d, how, &e) == 0 && open_peer(d, how) == 0) {
        d->step = NULL;
        up = start(d, how, &e);
    } else {
        subject_explain(&d->client, "%s: %s", d->step, strerror(errno));
    }
    close_end(&e.in);
    close_end(&e.out);
    close_end(&e.err);
    /* While the slave is open here too, the end of the client's output is not
       seen. */
    close_end(&d->tty.slave);
    return up;
}

/* ---- serving ---- */

static void write_input(struct session *d)
{
    int fd = d->in >= 0 ? d->in : d->tty.master;
    ssize_t n =
        write(fd, d->typed.at + d->typed_done, d->typed.n - d->typed_done);

    if (n > 0) {
        transcript_bytes(&d->log, "user types", d->typed.at + d->typed_done,
                         (size_t)n);
        d->typed_done += (size_t)n;
    } else if (n < 0 && errno != EAGAIN && errno != EINTR) {
        d->typed_done = d->typed.n; /* nobody reads its stdin any more */
        transcript_event(&d->log, "client's stdin is closed", NULL);
    }
}

static void close_input(struct session *d)
{
    static const char end = END_OF_INPUT;

    d->closing = false;
    transcript_event(&d->log, "user ends the input", NULL);
    if (d->in >= 0)
        close_end(&d->in);
    else if (d->tty.master >= 0)
        (void)!write(d->tty.master, &end, 1); /* or the terminal has gone */
}

static void read_output(struct session *d, int *fd, struct bytes *to,
                        const char *what)
{
    char buf[CHUNK];
    ssize_t n;

    if (*fd < 0)
        return;
    n = read(*fd, buf, sizeof buf);
    if (n > 0) {
        transcript_bytes(&d->log, what, buf, (size_t)n);
        if (to->n >= KEPT_BYTES || bytes_add(to, buf, (size_t)n) < 0)
            d->floods += (size_t)n;
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        close_end(fd); /* EIO: nobody has the terminal open */
    }
}

static void take_output(struct session *d)
{
    read_output(d, &d->out, &d->printed, "client prints");
    read_output(d, &d->err, &d->said, "client says on stderr");
}

static void note_end(struct session *d)
{
    if (d->ended || !subject_start_ended(&d->client))
        return;
    d->ended = true;
    d->status = d->client.start_status;
    /* All that it wrote is in the pipes now, and two reads take what they
       hold. */
    take_output(d);
    take_output(d);
    transcript_event(&d->log, "client ends:", "%s",
                     child_status_text(d->status));
}

void session_step(struct session *d, int ms)
{
    bool typing = d->typed_done < d->typed.n;
    struct pollfd p[POLLS];

    if (!typing && d->closing)
        close_input(d);
    peer_poll(&d->peer, p);
    p[2] = (struct pollfd){ .fd = d->out, .events = POLLIN };
    p[3] = (struct pollfd){ .fd = d->err, .events = POLLIN };
    p[4] = (struct pollfd){ .fd = d->ended ? -1 : d->pidfd, .events = POLLIN };
    p[5] = (struct pollfd){ .fd = !typing      ? -1
                                  : d->in >= 0 ? d->in
                                               : d->tty.master,
                            .events = POLLOUT };
    (void)poll(p, POLLS, ms);
    /* Note the input first: what the client does next follows from it. */
    if (p[5].revents)
        write_input(d);
    peer_serve(&d->peer, p);
    if (p[2].revents || p[3].revents)
        take_output(d);
    note_end(d);
}

/* ---- ending ---- */

static void kill_client(struct session *d)
{
    struct deadline never = deadline_in(60000);
    struct pause pause = { 0 };

    while (!subject_ended(&d->client) && !deadline_passed(never)) {
        subject_signal_all(&d->client, SIGKILL);
        pause_until(&pause, never);
    }
}

void session_end(struct session *d)
{
    if (d->client.start > 0)
        kill_client(d);
    close_end(&d->in);
    close_end(&d->out);
    close_end(&d->err);
    close_end(&d->pidfd);
    pty_close(&d->tty);
    peer_end(&d->peer);
    subject_free(&d->client);
    bytes_free(&d->typed);
    bytes_free(&d->printed);
    bytes_free(&d->said);
}

/* ---- the user ---- */

void session_type(struct session *d, const void *bytes, size_t n)
{
    (void)bytes_add(&d->typed, bytes, n); /* what found no memory is missed
                                             later */
}

void session_end_input(struct session *d)
{
    d->closing = true;
}

void session_signal(struct session *d, int sig)
{
    transcript_event(&d->log, "client is sent", "SIG%s", sigabbrev_np(sig));
    if (!d->ended)
        (void)process_signal(d->client.start, sig);
}

/* ---- waiting ---- */

enum met session_wait(struct session *d,
                      bool (*is_met)(struct session *d, const void *arg),
                      const void *arg, bool asks)
{
    struct deadline end = deadline_of_target(d->place.timeout_ms);
    int ms = 0;

    for (;;) {
        bool over, ended = d->ended;

        session_step(d, ms);
        if (is_met(d, arg))
            return MET;
        over = deadline_passed(end);
        /* It had ended before this step, which took all that it left. */
        if (ended)
            return MET_ENDED;
        if (d->floods || d->peer.flooded)
            return MET_FLOODED;
        if (over)
            return MET_NOT;
        if (asks && session_asks(d))
            return MET_ASKS;
        ms = ms < LONGEST_STEP_MS ? ms + 1 : LONGEST_STEP_MS;
    }
}
