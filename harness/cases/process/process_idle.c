/* SPDX-License-Identifier: MIT */
/* process/idle-quiet: the share of the processor of a server whose clients are
   silent. */
#include "cases/process/process.h"

#include "kit/backpressure.h"
#include "kit/simple_client.h"
#include "kit/wait_idle.h"

#include <poll.h>
#include <time.h>

enum {
    LOOKS = 20,
    MOST_BUSY = LOOKS / 2,
    SERIES = 3,
    SILENT = 4,
    DEBTORS = 2,
    MOST_PROCESSES = 256,
    LONGEST_GAP_NS = 100000000,
    BUSY_NS = MOST_BUSY * LONGEST_GAP_NS,
    LONGEST_MS = 30000,
    STARVED = -2
};

/* A client that never says anything; one that only half-closes; one that is
   served and half-closes; one that is served. In this order: once the last is
   served, the others have been accepted. False: decided. */
static bool silent_clients(struct context *c, struct talk t[SILENT])
{
    for (int i = 0; i < SILENT; i++)
        client_init(c, &t[i], (uint32_t)i);
    for (int i = 0; i < SILENT; i++) {
        if (i < 2 ? !simple_client_open(c, &t[i])
                  : !simple_client_stay(c, &t[i]))
            return false;
        if (i == 1 || i == 2)
            (void)conn_half_close(t[i].fd);
    }
    return true;
}

struct busy {
    pid_t pid[MOST_PROCESSES];
    int looks[MOST_PROCESSES]; /* in which it was runnable */
    size_t n;
};

static void note_busy(struct busy *b, pid_t pid)
{
    size_t i = 0;

    while (i < b->n && b->pid[i] != pid)
        i++;
    if (i == b->n && b->n < MOST_PROCESSES) {
        b->pid[b->n] = pid;
        b->looks[b->n++] = 0;
    }
    if (i < b->n)
        b->looks[i]++;
}

/* LOOKS looks, each gap_ns after the one before. Returns the process that was
   runnable in most of them if that is too often, else 0; -1: trouble. */
static pid_t busiest(struct context *c, long gap_ns, struct busy *b, int *looks)
{
    struct timespec gap = { 0, gap_ns };
    size_t most = 0;

    b->n = 0;
    for (int i = 0; i < LOOKS; i++) {
        struct pid_list l = { NULL, 0, 0 };
        int rc = subject_processes(&c->subject, &l);

        for (size_t k = 0; rc == 0 && k < l.n; k++)
            if (any_thread(l.pid[k], "R"))
                note_busy(b, l.pid[k]);
        pid_list_free(&l);
        if (rc < 0)
            return -1;
        (void)ppoll(NULL, 0, &gap, NULL);
    }
    for (size_t i = 1; i < b->n; i++)
        if (b->looks[i] > b->looks[most])
            most = i;
    *looks = b->n ? b->looks[most] : 0;
    return *looks > MOST_BUSY ? b->pid[most] : 0;
}

static bool add_ran(pid_t pid, pid_t tid, void *sum)
{
    long long ran, waited;

    if (procfs_thread_times(pid, tid, &ran, &waited))
        *(int64_t *)sum += ran;
    return false;
}

/* How long the server has had a processor. */
static int64_t ran_ns(struct context *c)
{
    struct pid_list l = { NULL, 0, 0 };
    int64_t sum = 0;

    if (subject_processes(&c->subject, &l) == 0)
        for (size_t i = 0; i < l.n; i++)
            (void)procfs_any_thread(l.pid[i], add_ran, &sum);
    pid_list_free(&l);
    return sum;
}

/* A program may have something to finish (a compiler of bytecode has), and one
   that gets no processor stays runnable for a while: so a process that was busy
   is looked at again over a longer time, and beside other work once more, until
   it has had a processor for as long as one that is busy in half of those looks
   has it where nothing else runs. One that spins is busy each time. Returns it,
   0 or -1 as busiest does; or STARVED. */
static pid_t busy_each_time(struct context *c, int *looks)
{
    static const long gap_ns[SERIES] = { 1000000, 10000000, LONGEST_GAP_NS };
    struct deadline d = deadline_in(LONGEST_MS);
    struct busy b;
    pid_t busy = -1;
    int64_t ran = 0;

    for (int i = 0; i < SERIES && busy; i++) {
        ran = ran_ns(c);
        busy = busiest(c, gap_ns[i], &b, looks);
    }
    while (busy > 0 && ran_ns(c) - ran < BUSY_NS) {
        if (deadline_passed(d))
            return STARVED;
        busy = busiest(c, LONGEST_GAP_NS, &b, looks);
    }
    return busy;
}

/* They are owed more than is taken; one half-closes. */
static void debtors_stay(struct context *c, struct debtor o[DEBTORS])
{
    size_t come = debtors_come(c, o, DEBTORS, SILENT);

    if (come == DEBTORS)
        (void)conn_half_close(o[DEBTORS - 1].talk.fd);
    server_let_act(c);
}

static void judge_busy(struct context *c, pid_t busy, int looks, bool owed)
{
    struct proc_stat st;

    verdict_figure(c->v, "busy_looks", looks);
    if (busy == STARVED) {
        verdict_error(c->v, "other programs take the processors");
    } else if (busy < 0) {
        verdict_error(c->v, "cannot look at the server's processes");
    } else if (busy == 0 && server_ended(c)) {
        verdict_skip(c->v, "the server has ended");
    } else if (busy > 0) {
        verdict_expected(c->v, "with %d clients silent every process sleeps",
                         owed ? SILENT + DEBTORS : SILENT);
        verdict_observed(c->v,
                         "pid %d (%s) was runnable in %d of %d looks, over 2 s",
                         (int)busy, procfs_stat(busy, &st) == 0 ? st.comm : "?",
                         looks, LOOKS);
        verdict_fail(c->v, owed ? "a process is busy although clients neither "
                                  "send nor read anything"
                                : "a process is busy although no client says "
                                  "anything");
        verdict_fact(c->v,
                     "one client was served, one was served and half-closed, "
                     "one only half-closed, one did nothing%s",
                     owed ? "; all slept until two more came, who send up to "
                            "256 KiB and do not read; one of them half-closed"
                          : "");
    }
}

/* Those who are owed something come last: without them nobody was busy. */
static void idle_quiet(struct context *c)
{
    struct debtor o[DEBTORS] = { 0 };
    struct talk t[SILENT];
    bool owed = false;
    pid_t busy;
    int looks = 0;

    if (!server_up(c))
        return;
    for (size_t i = 0; i < DEBTORS; i++)
        client_init(c, &o[i].talk, SILENT);
    if (silent_clients(c, t)) {
        busy = busy_each_time(c, &looks);
        if (busy == 0 && c->protocol->echo && !server_ended(c)) {
            owed = true;
            debtors_stay(c, o);
            busy = busy_each_time(c, &looks);
        }
        judge_busy(c, busy, looks, owed);
        if (!verdict_decided(c->v))
            verdict_pass(c->v);
    }
    debtors_reset(o, DEBTORS);
    clients_leave(t, SILENT);
}

static const struct test_case cases[] = {
    { "process/idle-quiet", MUST,
      "with clients connected and silent, half-closed or not, no process is "
      "busy",
      "poll(2)", idle_quiet, 30,
      "20 looks at every thread: no process has one in state R in more than "
      "half of them. Who was busy is looked at again, over 2 s, and beside "
      "other work until it has had a processor for 1 s. Of a server of echo "
      "once more, with two clients that send up to 256 KiB and do not read, "
      "one of which half-closes.",
      "A descriptor at end of file stays in the set, or one that there is no "
      "room to read from; or EPOLLOUT is asked for with nothing to send; or the "
      "loop polls with timeout 0.",
      "Wait for what there is to do: POLLOUT only with bytes to send, POLLIN "
      "only with room for them, nothing after EOF, and no timeout that is not "
      "needed.",
      .leaves_as_found = true },
};

const struct case_table process_idle_cases = CASE_TABLE(cases);
