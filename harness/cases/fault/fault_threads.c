/* SPDX-License-Identifier: MIT */
/* No thread for a client. Which client it is that a thread is made for depends
   on the server: the first of all, each, or the first for whom no idle one is
   there. So clients come while others stay, until a thread is asked for. */
#include "cases/fault/no_worker.h"

#include "fault/socket_look.h"
#include "kit/simple_client.h"
#include "kit/wait_idle.h"

#include <errno.h>
#include <poll.h>

#define FAILED "no thread could be made (EAGAIN)"

/* So many clients stay at most. A runtime may try again a few times by itself:
   so many creations fail for one client. */
enum { STAY = 4, FAILURES = 4, SOON_MS = 20 };

struct trial {
    struct fault *f;
    struct talk stays[STAY];
    size_t nstays;
    int clients;    /* that came */
    bool delivered; /* a thread was asked for, and refused */
};

/* On the supervisor's thread: whether its process has accepted a client. */
static bool has_client(const struct fault_call *call, void *unused)
{
    struct fd_list fds = { NULL, 0, 0 };
    bool has = false;

    (void)unused;
    if (procfs_fds(call->pid, &fds) == 0)
        for (size_t i = 0; i < fds.n && !has; i++)
            has = procfs_socket_inode(fds.fd[i].what) &&
                  socket_peer_port(call->pid, fds.fd[i].fd);
    fd_list_free(&fds);
    return has;
}

/* The client has asked. If its answer is not there soon, then it may be in a
   queue for a thread that serves another: once all of the server sleeps, those
   others leave. */
static void let_answer(struct context *c, struct trial *trial, struct talk *t)
{
    struct pollfd p;

    if (talk_go(t) != TALK_GOING)
        return;
    p = talk_poll(t);
    (void)poll(&p, 1, SOON_MS);
    if (talk_go(t) != TALK_GOING)
        return;
    server_let_act(c);
    clients_leave(trial->stays, trial->nstays);
    trial->nstays = 0;
}

/* One client comes, asks and leaves, and no thread can be made meanwhile.
   False: decided. */
static bool comes_without_thread(struct context *c, struct trial *trial)
{
    long before = fault_injected(trial->f, CALL_THREAD);
    int served = 0;
    struct talk t;
    bool good;

    fault_fail(trial->f, CALL_THREAD, EAGAIN, FAILURES, has_client, NULL);
    good = client_come(c, &t, (uint32_t)trial->clients++);
    if (good) {
        talk_begin(&t, 0);
        t.enough = 1;
        let_answer(c, trial, &t);
        good = no_worker_answer(c, &t, FAILED, &served);
    }
    fault_release(trial->f, CALL_THREAD);
    talk_leave(&t);
    trial->delivered = fault_injected(trial->f, CALL_THREAD) > before;
    if (!trial->delivered && (!good || !served))
        faulty_undelivered(c);
    return good;
}

/* Another client stays. False: the server serves no more at a time. */
static bool one_stays(struct context *c, void *arg)
{
    struct trial *trial = arg;

    if (trial->nstays == STAY)
        return false;
    trial->clients++;
    if (!simple_client_stay(c, &trial->stays[trial->nstays]))
        return false;
    trial->nstays++;
    return true;
}

static bool another_stays(struct context *c, struct trial *trial)
{
    struct verdict aside;
    bool good = context_try(c, &aside, one_stays, trial);

    verdict_free(&aside);
    return good;
}

/* Clients come until a thread is refused, or none is asked for. False:
   decided. */
static bool threads_fail(struct context *c, struct trial *trial)
{
    bool good = true;

    *trial = (struct trial){ .f = trial->f };
    /* Those that have left since, for the sake of the one who came, will not
       stay another time either. */
    for (size_t n = 0; good && !trial->delivered && trial->nstays == n; n++) {
        good = comes_without_thread(c, trial);
        if (good && !trial->delivered && trial->nstays == n)
            (void)another_stays(c, trial);
    }
    clients_leave(trial->stays, trial->nstays);
    trial->nstays = 0;
    if (!good || !trial->delivered)
        return good;
    trial->clients++;
    return faulty_lives(c, trial->f, "after " FAILED ",");
}

/* What is made for the first client of all is there now: the same again, to
   see what is lost. */
static bool nothing_lost(struct context *c, struct trial *trial)
{
    struct snapshot before = { .n = 0 };
    enum idle settled;
    bool good =
        server_wait_idle(c, NULL, &before, &settled) && threads_fail(c, trial);

    if (good && trial->delivered)
        good = no_worker_fds_kept(c, &before, trial->clients,
                                  "where no thread could be made");
    snapshot_free(&before);
    return good;
}

static void thread_eagain(struct context *c)
{
    static struct trial trial;

    trial.f = faulty_up(c, CALL_BIT(CALL_THREAD), false);
    if (!trial.f)
        return;
    wait_asleep(c); /* the threads of its start are made */
    if (threads_fail(c, &trial) &&
        faulty_delivered(c, trial.f, CALL_THREAD,
                         "none follows when a client is accepted") &&
        nothing_lost(c, &trial))
        verdict_pass(c->v);
    faulty_down(c, trial.f);
}

static const struct test_case cases[] = {
    { "fault/thread-eagain", MUST,
      "no thread for a client: it lives, that client is served later or sees a "
      "close, no descriptor is lost",
      "pthread_create(3)", thread_eagain, 50,
      "While a client is served its process can make no thread: clone is "
      "answered EAGAIN. If the server asks for none, others stay connected "
      "meanwhile, up to four. Descriptors may not grow by more than as many "
      "clients cost without a fault.",
      "if (pthread_create(...)) exit(1); continue without close(cfd); a "
      "RuntimeError of Thread.start() that nobody catches.",
      "On failure: log, close(cfd), go back to accept; or keep the client in "
      "a queue for the threads that there are." },
};

const struct case_table fault_thread_cases = CASE_TABLE(cases);
