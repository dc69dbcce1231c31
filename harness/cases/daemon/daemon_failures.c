/* SPDX-License-Identifier: MIT */
/* daemon/: a start that cannot succeed is told where it was started, daemon(7)
   steps 14 and 15. */
#include "cases/daemon/daemon.h"

#include "kit/wait_idle.h"

#include "linux/child_wait.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* What a start command should have done that could not succeed: come back
   with a status, and with a message. NULL if it has; text holds the answer. */
static const char *unreported(struct context *c, char *text, size_t size)
{
    struct subject *s = &c->subject;
    char *said;

    if (!s->start_ended) {
        snprintf(text, size, "the start command has not returned");
        return text;
    }
    if (s->start_status == 0) {
        snprintf(text, size, "the start command returned 0");
        return text;
    }
    said = subject_said_on_stderr(s);
    snprintf(text, size,
             "the start command ended (%s) without a word on "
             "stderr",
             child_status_text(s->start_status));
    if (said)
        text[0] = '\0';
    free(said);
    return text[0] ? text : NULL;
}

/* ---- daemon/start-reports-failure ---- */

int daemon_occupy(const struct context *c, int backlog)
{
    struct address at;
    int fd;

    if (address_parse(&at, c->target.ip, c->port) < 0)
        return -1;
    fd = socket(at.sa.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && (bind(fd, (const struct sockaddr *)&at.sa, at.len) < 0 ||
                    listen(fd, backlog) < 0)) {
        int saved = errno;

        close(fd);
        errno = saved;
        return -1;
    }
    return fd;
}

static void start_reports_failure(struct context *c)
{
    char text[160];
    int fd;

    fd = daemon_occupy(c, 1);
    if (fd < 0) {
        verdict_error(c->v, "cannot take its address: %s", strerror(errno));
        return;
    }
    if (subject_launch(&c->subject, &c->target, c->sandbox, c->port, NULL) ==
        SUBJECT_UP) {
        c->started = true;
        server_wait_started(c);
        if (unreported(c, text, sizeof text)) {
            verdict_expected(c->v,
                             "with its address in use, a status other than "
                             "0 and a message on stderr");
            verdict_observed(c->v, "%s", text);
            verdict_fail(c->v, "with its address in use %s", text);
            server_tell_printed(c);
        } else {
            verdict_pass(c->v);
        }
    } else {
        c->started = true;
        verdict_error(c->v, "cannot start it: %s", c->subject.why);
    }
    close(fd);
}

/* ---- daemon/start-failures ---- */

/* On the supervisor's thread. */
static bool opens_null(const struct fault_call *call, void *arg)
{
    static const char null[] = "/dev/null";
    char path[sizeof null] = "";
    uint64_t at = call->args[1]; /* openat(2) */
    struct iovec to = { path, sizeof path }, from = { NULL, sizeof path };

    (void)arg;
#ifdef SYS_open
    if (call->number == SYS_open)
        at = call->args[0];
#endif
    from.iov_base = (void *)(uintptr_t)at;
    return process_vm_readv(call->pid, &to, 1, &from, 1, 0) > 0 &&
           memcmp(path, null, sizeof null) == 0;
}

static const struct start_fault {
    enum call kind;
    int error;
    const char *name;
    bool (*which)(const struct fault_call *call, void *arg);
} faults[] = {
    { CALL_SETSID, EPERM, "setsid: EPERM", NULL },
    { CALL_CHDIR, EACCES, "chdir: EACCES", NULL },
    { CALL_OPEN, ENOENT, "open of /dev/null: ENOENT", opens_null },
    { CALL_SETSOCKOPT, ENOPROTOOPT, "setsockopt: ENOPROTOOPT", NULL },
    { CALL_BIND, EACCES, "bind: EACCES", NULL },
    { CALL_LISTEN, EADDRINUSE, "listen: EADDRINUSE", NULL },
};

/* NULL if it serves all the same, or has reported the failure and left nothing;
   else what is wrong, written into text. */
static const char *wrong_outcome(struct context *c, char *text, size_t size)
{
    struct subject *s = &c->subject;
    char why[128];

    if ((!s->start_ended || s->start_status == 0) && subject_find(s) &&
        client_served(c, 0, why, sizeof why))
        return NULL;
    if (unreported(c, text, size)) {
        size_t n = strlen(text);

        snprintf(text + n, size - n, ", and nothing serves");
        return text;
    }
    if (all_ended(c))
        return NULL;
    snprintf(text, size,
             "the start command ended (%s), and processes are "
             "left running",
             child_status_text(s->start_status));
    return text;
}

static void judge_start(struct context *c, const struct start_fault *f)
{
    char text[200];

    if (!wrong_outcome(c, text, sizeof text))
        return;
    verdict_expected(c->v,
                     "a start that fails is reported by status and on "
                     "stderr, with nothing left running; or it serves all "
                     "the same");
    verdict_observed(c->v, "%s: %s", f->name, text);
    verdict_fail(c->v, "%s: %s", f->name, text);
    verdict_fact(c->v, "%s: %s", f->name, text);
    server_tell_printed(c);
}

/* One start in which every such call fails. Returns false once nothing more
   can be tried. */
static bool try_fault(struct context *c, const struct start_fault *f,
                      int *delivered)
{
    struct supervised s;
    bool launched;

    if (!supervised_begin(c, f->kind, &s))
        return false;
    fault_fail(s.fault, f->kind, f->error, -1, f->which, NULL);
    launched = supervised_launch(c, &s);
    if (launched) {
        supervised_rest(c, &s);
        /* From here on calls for a client's socket must not fail. */
        fault_release(s.fault, f->kind);
        if (fault_injected(s.fault, f->kind) > 0) {
            ++*delivered;
            judge_start(c, f);
        }
    }
    return supervised_end(c, &s) && launched;
}

static void start_failures(struct context *c)
{
    int delivered = 0;

    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        if (!try_fault(c, &faults[i], &delivered))
            return;
    if (delivered == 0)
        verdict_skip(c->v, "it makes none of these calls at its start");
    else if (!verdict_decided(c->v))
        verdict_pass(c->v);
}

static const struct test_case cases[] = {
    { "daemon/start-reports-failure", SHOULD,
      "with the address in use it returns non-zero and says so on stderr",
      "daemon(7) 14-15", start_reports_failure, 0,
      "The harness listens at the address; the start command's status and "
      "stderr are looked at.",
      "if (fork() > 0) exit(0); then bind: its failure is seen by nobody.",
      "Do what can fail before the parent ends, or tell it through a pipe." },
    { "daemon/start-failures", SHOULD,
      "setsid, chdir, /dev/null, setsockopt, bind or listen failing is "
      "reported, or it serves all the same",
      "daemon(7) 14-15", start_failures, 100,
      "One start for each call; seccomp answers it with an error. Then either "
      "a status, a message and no process left; or a client is served.",
      "if (daemon(0, 0) < 0) exit(1): the parent has said 0 already.",
      "Let the daemon tell its parent, by a pipe, that all went well; let end "
      "of file mean that it did not.",
      .starts = 6 },
};

const struct case_table daemon_failures_cases = CASE_TABLE(cases);
