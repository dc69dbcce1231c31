/* SPDX-License-Identifier: MIT */
/* start -> warm-up -> baseline -> crowd -> rest -> (equal crowds, if something
   was left) -> one more client -> stop -> verdicts. All of it in the process
   that owns the cell; the clients are another program's. */
#include "stress.h"

#include "audit.h"
#include "catalogue.h"
#include "conn.h"
#include "judge.h"
#include "memcheck.h"
#include "message.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STATUS_TARGET = 3, STATUS_TROUBLE = 4, PROGRESS_NS = 100000000,
       TERMINATE_MS = 3000, ROUND_RESETS = 48 };

struct stress {
    const struct plan *plan;
    struct cell *cell;
    int channel;
    struct subject subject;
    struct crowd crowd;         /* the first; its plan is kept for judging */
    struct stress_seen seen;
    struct load load;
    struct audit_summary audit;
    const char *model;
    double gate_seconds;
    int64_t told_ns;            /* when progress was last reported */
    bool terminated;            /* all ended by themselves after SIGTERM */
};

static double timeout_ms(const struct stress *s)
{
    return s->plan->options->timeout * 1000;
}

static int fatal(struct stress *s, int status, const char *why)
{
    char *said = subject_said(&s->subject);

    message_fatal(s->channel, status, why, said);
    free(said);
    return status;
}

static int start(struct stress *s)
{
    const struct plan *p = s->plan;
    struct deadline d = deadline_in(timeout_ms(s));
    enum subject_up up;
    int port = p->target.port, sd;

    if (p->target.attach) {
        up = subject_attach(&s->subject, &p->target, s->cell);
    } else {
        if (port == 0 && (sd = sockdiag_open()) >= 0) {
            port = subject_free_port(sd, (unsigned)p->options->seed);
            close(sd);
        }
        up = subject_start(&s->subject, &p->target, s->cell, port, d);
    }
    if (up == SUBJECT_DIED)
        return fatal(s, STATUS_TARGET, s->subject.why);
    if (up == SUBJECT_TROUBLE)
        return fatal(s, STATUS_TROUBLE, s->subject.why);
    subject_settle_start(&s->subject, d);
    return 0;
}

/* One client: a stamped frame and its echo. Returns true if it was served;
   else why says what came instead. */
static bool one_client(struct stress *s, uint32_t client, char *why,
                       size_t size)
{
    struct frame_stamp stamp = { s->plan->options->seed, client, 0, 0 };
    struct deadline d = deadline_in(timeout_ms(s));
    unsigned char want[FRAME_BYTES], got[FRAME_BYTES];
    int fd = conn_open(&s->subject.address, d);
    size_t n;
    bool served = false;

    if (fd < 0) {
        snprintf(why, size, "connect: %s", strerror(errno));
        return false;
    }
    frame_fill(want, &stamp);
    if (conn_send(fd, want, sizeof want, d) < 0) {
        snprintf(why, size, "send: %s", strerror(errno));
    } else if ((n = conn_recv(fd, got, sizeof got, d)) < sizeof got) {
        snprintf(why, size, "%zu of 64 bytes came back, then %s", n,
                 errno ? strerror(errno) : "FIN");
    } else if (memcmp(want, got, sizeof got) != 0) {
        snprintf(why, size, "wrong bytes from offset %zu",
                 frame_difference(want, got, sizeof got));
    } else {
        served = true;
    }
    conn_close(fd);
    return served;
}

static int baseline(struct stress *s)
{
    char ignored[160];      /* the crowd will judge what a client sees */
    double seconds = 0;

    (void)one_client(s, UINT32_MAX, ignored, sizeof ignored);
    if (audit_settle(&s->subject, NULL, timeout_ms(s), &s->seen.before,
                     &seconds) == SETTLED_TROUBLE)
        return fatal(s, STATUS_TROUBLE, "cannot look at the server's "
                     "processes");
    s->audit.seconds += seconds;
    return 0;
}

static void tell_progress(const struct crowd_plan *p, void *arg)
{
    struct stress *s = arg;
    struct load load;

    if (deadline_now_ns() - s->told_ns < PROGRESS_NS)
        return;
    s->told_ns = deadline_now_ns();
    crowd_load(p, &load);
    message_progress(s->channel, &load);
}

static struct crowd_order order(struct stress *s)
{
    const struct plan *p = s->plan;

    return (struct crowd_order){
        .path = p->crowd_path, .clients = (uint32_t)p->options->clients,
        .frames = p->frames, .seed = p->options->seed,
        .room = s->subject.backlog ? (uint32_t)s->subject.backlog : 128,
        .address = s->subject.address, .fixtures = p->fixtures,
        .nfixtures = p->nfixtures, .timeout_ms = timeout_ms(s),
    };
}

/* What serves one connection, told from the processes and threads that are
   there while all clients are connected. */
static void see_model(struct stress *s)
{
    const struct snapshot *before = &s->seen.before;
    struct snapshot now = { .n = 0 };
    long clients = s->plan->options->clients, more, threads;
    char mine[256], theirs[256];

    if (snapshot_take(&now, &s->subject, SNAPSHOT_PROCESSES) < 0 || !now.n)
        return;
    more = (long)now.n - (long)before->n;
    threads = now.threads - before->threads - more;
    if (more > 0)
        s->audit.workers_seen = more;
    if (more >= clients) {
        procfs_link(s->subject.server, "exe", mine, sizeof mine);
        procfs_link(now.process[now.n - 1].pid, "exe", theirs, sizeof theirs);
        s->model = strcmp(mine, theirs) == 0 ? "fork" : "exec";
    } else if (threads >= clients) {
        s->model = "threads";
    } else if (before->n > 1 || more > 0) {
        s->model = "prefork";
    } else if (now.threads > 1 || clients > 1) {
        s->model = now.threads > 1 && threads > 0 ? "threads" : "event-loop";
    }
    snapshot_free(&now);
}

/* At the gate: all are connected and were served once. With thousands of
   workers their number is read from one file, and only a few looked at. */
static void at_gate(struct stress *s)
{
    int64_t from = deadline_now_ns();
    long workers = procfs_count_children(s->subject.server);
    const struct snapshot *before = &s->seen.before;

    for (size_t i = 0; i < before->n; i++)
        workers -= before->process[i].ppid == s->subject.server;
    if (s->subject.server && workers >= s->plan->options->clients) {
        struct pid_list l = { NULL, 0, 0 };
        char mine[256], theirs[256];

        s->audit.workers_seen = workers;
        procfs_link(s->subject.server, "exe", mine, sizeof mine);
        if (procfs_children(s->subject.server, &l) == 0 && l.n) {
            procfs_link(l.pid[l.n - 1], "exe", theirs, sizeof theirs);
            s->model = strcmp(mine, theirs) == 0 ? "fork" : "exec";
        }
        pid_list_free(&l);
    } else if (s->subject.server) {
        see_model(s);
    }
    s->audit.seconds += (double)(deadline_now_ns() - from) / 1e9;
}

static int run_crowd(struct stress *s)
{
    struct crowd_order o = order(s);

    o.shorts = STRESS_SHORTS;
    o.resets = STRESS_RESETS;
    o.progress = tell_progress;
    o.arg = s;
    if (crowd_start(&s->crowd, &o) < 0)
        return fatal(s, STATUS_TROUBLE, "cannot start harness-crowd");
    s->seen.plan = s->crowd.plan;
    s->seen.gate = crowd_wait_gate(&s->crowd);
    if (s->seen.gate == CROWD_THERE) {
        at_gate(s);
        crowd_open_gate(&s->crowd);
        s->seen.end = crowd_wait_end(&s->crowd);
    } else {
        s->seen.end = s->seen.gate;
    }
    crowd_load(s->crowd.plan, &s->load);
    if (s->seen.end == CROWD_TROUBLE) {
        char why[160];

        snprintf(why, sizeof why, "the crowd of clients broke off after %u "
                 "of %u: %s", s->crowd.plan->forked,
                 crowd_total(s->crowd.plan), strerror(errno));
        crowd_end(&s->crowd);
        return fatal(s, STATUS_TROUBLE, why);
    }
    crowd_end(&s->crowd);
    return 0;
}

static void rest(struct stress *s, const struct snapshot *before,
                 struct round_seen *round)
{
    round->rest = audit_settle(&s->subject, before, timeout_ms(s),
                               &round->at_rest, &s->audit.seconds);
    round->done = round->rest != SETTLED_TROUBLE;
    if (round->rest == SETTLED_ENDED)
        s->seen.ended = true;
}

/* A further crowd, only to compare what it leaves with what the one before it
   left. */
static void further_round(struct stress *s, uint32_t clients, uint32_t resets,
                          uint32_t number, const struct snapshot *before,
                          struct round_seen *round)
{
    struct crowd_order o = order(s);
    struct crowd c;

    o.clients = clients;
    o.resets = resets;
    o.frames = 1;
    o.round = number;
    if (crowd_start(&c, &o) == 0 && crowd_wait_gate(&c) == CROWD_THERE) {
        crowd_open_gate(&c);
        (void)crowd_wait_end(&c);
    }
    crowd_free(&c);
    rest(s, before, round);
}

static void audits(struct stress *s)
{
    struct stress_seen *seen = &s->seen;

    rest(s, &seen->before, &seen->first);
    if (!judge_is_suspicious(seen))
        return;
    further_round(s, s->crowd.plan->clients, 0, 1, &seen->first.at_rest,
                  &seen->plain);
    if (seen->ended)
        return;
    seen->nresets = ROUND_RESETS;
    further_round(s, 1, ROUND_RESETS, 2, &seen->plain.at_rest, &seen->resets);
}

static long lasting_fds(const struct snapshot *in, const struct snapshot *and)
{
    long n = 0;

    for (size_t i = 0; i < in->n; i++)
        if (snapshot_find(and, &in->process[i]))
            n += (long)in->process[i].fds.n;
    return n;
}

static void sum_up(struct stress *s)
{
    struct stress_seen *seen = &s->seen;
    const struct snapshot *then = &seen->before, *now = &seen->first.at_rest;
    static struct leaked_fd leaked[64];
    struct growth g;

    s->audit.done = seen->first.done && !seen->ended;
    if (!s->audit.done)
        return;
    g = audit_growth(&s->subject, then, now);
    s->audit.zombies = (long)now->zombies.n;
    s->audit.workers_left = g.processes + g.threads;
    s->audit.sockets_left = now->sockets;
    s->audit.fds_before = lasting_fds(then, now);
    s->audit.fds_after = lasting_fds(now, then);
    s->audit.leaked = leaked;
    if (seen->plain.done)
        s->audit.nleaked = audit_leaked(&s->subject, now, &seen->plain.at_rest,
                                        leaked, 64);
}

static void stop(struct stress *s)
{
    double ms = timeout_ms(s) < TERMINATE_MS ? timeout_ms(s) : TERMINATE_MS;

    s->terminated = subject_terminate(&s->subject, deadline_in(ms));
}

/* ---- the verdicts ---- */

typedef void judge_fn(const struct stress_seen *s, struct verdict *v);

static const struct {
    const char *id;
    judge_fn *judge;
} judged[] = {
    { "load/concurrent-clients", judge_concurrent },
    { "load/own-bytes", judge_own_bytes },
    { "echo/short-message", judge_short_message },
    { "process/no-zombies", judge_zombies },
    { "process/workers-exit", judge_workers },
    { "process/fds-return", judge_fds },
    { "process/fds-after-resets", judge_fds_after_resets },
    { "process/sockets-return", judge_sockets },
    { "lifecycle/still-serving", judge_still_serving },
    { "memory/no-errors", NULL },
    { "memory/no-leaks", NULL },
    { "memory/fds-closed", NULL },
};

enum { NJUDGED = sizeof judged / sizeof *judged, NMEMORY = 3 };

const char *stress_case(size_t i, bool valgrind)
{
    return i < NJUDGED - (valgrind ? 0 : NMEMORY) ? judged[i].id : NULL;
}

/* A server that runs already belongs to somebody: of its processes nothing is
   known without --pid, and its life is not ours to judge. */
static bool concerns_attached(const struct stress *s, const char *id,
                              struct verdict *v)
{
    if (!s->plan->target.attach)
        return true;
    if (strncmp(id, "process/", 8) == 0 && !s->plan->target.attach_pid)
        verdict_skip(v, "needs --pid PID of the server that runs already");
    else if (strncmp(id, "lifecycle/", 10) == 0)
        verdict_skip(v, "not judged on a server that runs already");
    else
        return true;
    return false;
}

static void tell_verdicts(struct stress *s)
{
    for (size_t i = 0; i < NJUDGED; i++) {
        struct verdict v;

        if (!judged[i].judge)
            continue;
        verdict_init(&v);
        if (concerns_attached(s, judged[i].id, &v))
            judged[i].judge(&s->seen, &v);
        message_result(s->channel, catalogue_find(judged[i].id), &v,
                       s->load.seconds);
    }
}

static void judge_texts(struct verdict *v, long count, const char *what,
                        json_t *texts)
{
    json_t *text;
    size_t i;

    if (count == 0) {
        verdict_pass(v);
        return;
    }
    verdict_expected(v, "none in any process");
    verdict_observed(v, "%ld %s", count, what);
    verdict_fail(v, "valgrind found %ld %s", count, what);
    json_array_foreach(texts, i, text)
        verdict_fact(v, "%s", json_string_value(text));
}

/* Why memory/ cannot be judged, said in v; true if it cannot. */
static bool no_memory_verdict(const struct stress *s, const struct memcheck *m,
                              struct verdict *v)
{
    bool forks = strcmp(s->model, "fork") == 0 || strcmp(s->model, "exec") == 0;
    long want = 1 + (forks ? s->audit.workers_seen : 0);

    if (!target_is_dynamic(&s->plan->target))
        verdict_skip(v, "a static executable: memcheck cannot replace its "
                     "malloc");
    else if (s->seen.ended)
        verdict_skip(v, "the server has ended");
    else if (!s->terminated)
        verdict_error(v, "the server did not end after SIGTERM, so that "
                      "valgrind could not report");
    else if (m->incomplete)
        verdict_error(v, "%ld of %ld valgrind reports are cut off (%s)",
                      m->incomplete, m->logs, m->first_incomplete);
    else if (m->logs < want)
        verdict_error(v, "%ld valgrind reports for at least %ld processes",
                      m->logs, want);
    else
        return false;
    return true;
}

static void tell_memory(struct stress *s, pid_t server_inner)
{
    struct memcheck m;
    struct verdict v[NMEMORY];
    int rc = memcheck_read(&m, s->subject.logs, server_inner);

    for (int i = 0; i < NMEMORY; i++) {
        verdict_init(&v[i]);
        if (rc < 0)
            verdict_error(&v[i], "valgrind's logs: %s", strerror(errno));
        else if (!no_memory_verdict(s, &m, &v[i]))
            judge_texts(&v[i], i == 0 ? m.errors : i == 1 ? m.lost_bytes
                                                          : m.kept_sockets,
                        i == 0 ? "errors" : i == 1 ? "bytes lost"
                               : "connections open at the end",
                        i == 0 ? m.errors_text : i == 1 ? m.lost_text
                                                        : m.kept_text);
        message_result(s->channel,
                       catalogue_find(judged[NJUDGED - NMEMORY + i].id),
                       &v[i], s->load.seconds);
    }
    memcheck_free(&m);
}

static void release(struct stress *s)
{
    snapshot_free(&s->seen.before);
    snapshot_free(&s->seen.first.at_rest);
    snapshot_free(&s->seen.plain.at_rest);
    snapshot_free(&s->seen.resets.at_rest);
    crowd_free(&s->crowd);
    subject_free(&s->subject);
}

int stress_run(const struct plan *plan, struct cell *cell, int channel)
{
    struct stress s = { .plan = plan, .cell = cell, .channel = channel,
                        .model = "unknown" };
    pid_t server_inner;
    int rc;

    s.crowd.fd = -1;
    s.seen.subject = &s.subject;
    s.seen.timeout_ms = timeout_ms(&s);
    rc = start(&s);
    if (rc == 0)
        message_target(channel, &s.subject, s.model);
    if (rc == 0)
        rc = baseline(&s);
    if (rc == 0)
        rc = run_crowd(&s);
    if (rc == 0) {
        server_inner = procfs_inner_pid(s.subject.server);
        audits(&s);
        s.seen.served_after = one_client(&s, UINT32_MAX - 1, s.seen.served_why,
                                         sizeof s.seen.served_why);
        sum_up(&s);
        message_target(channel, &s.subject, s.model);
        message_load(channel, &s.load);
        message_audit(channel, &s.audit);
        tell_verdicts(&s);
        stop(&s);
        if (plan->target.valgrind)
            tell_memory(&s, server_inner);
    }
    release(&s);
    return rc;
}
