/* SPDX-License-Identifier: MIT */
/* More clients than select(2) can watch: none of them may be harmed
   (load/beyond-fd-setsize), and all should be served (load/thousand-clients),
   where the limits of both sides allow that many, and the server's pace. */
#include "cases/load/load.h"

#include "base/deadline.h"
#include "kit/client_pool.h"
#include "kit/shown.h"
#include "kit/wait_idle.h"
#include "linux/host_limits.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

enum {
    BEYOND = 1100,
    SPARE_FDS = 64,
    SAMPLE = 20,
    SAMPLES = 6,
    MOST_MS = 20000 /* for all */
};

static bool limit_allows(struct context *c, const char *whose, pid_t pid)
{
    struct rlimit fds;

    if (prlimit(pid, RLIMIT_NOFILE, NULL, &fds) < 0 ||
        fds.rlim_cur >= BEYOND + SPARE_FDS)
        return true;
    verdict_skip(c->v, "%s limit of open files is %llu (ulimit -n)", whose,
                 (unsigned long long)fds.rlim_cur);
    return false;
}

/* A server with a process for each connection needs few descriptors in each,
   but many processes. */
static bool by_processes(const struct context *c)
{
    return c->model != MODEL_EVENT_LOOP && c->model != MODEL_THREADS &&
           c->model != MODEL_UNKNOWN;
}

static bool server_limit_allows(struct context *c)
{
    if (by_processes(c))
        return true;
    if (!c->subject.server)
        return needs_processes(c);
    return limit_allows(c, "the server's", c->subject.server);
}

/* A process of it holds as many descriptors as it may, now that so many are
   served: several for each. True: decided (skip). */
static bool reached_limit(struct context *c, size_t served)
{
    struct pid_list l = { NULL, 0, 0 };
    bool reached = false;

    (void)subject_processes(&c->subject, &l);
    for (size_t i = 0; i < l.n && !reached; i++) {
        struct fd_list held = { NULL, 0 };
        struct rlimit fds;

        reached = procfs_fds(l.pid[i], &held) == 0 &&
                  prlimit(l.pid[i], RLIMIT_NOFILE, NULL, &fds) == 0 &&
                  held.n + SPARE_FDS >= fds.rlim_cur;
        if (reached)
            verdict_skip(c->v,
                         "%zu are served, and then it holds %zu open files of "
                         "%llu that it may (ulimit -n)",
                         served, held.n, (unsigned long long)fds.rlim_cur);
        fd_list_free(&held);
    }
    pid_list_free(&l);
    return reached;
}

static bool processes_allow(struct context *c)
{
    char which[512];
    long room;

    if (!by_processes(c))
        return true;
    room = host_limits_processes(which, sizeof which);
    if (room < 0 || room > BEYOND + SPARE_FDS)
        return true;
    verdict_skip(c->v, "%d clients need as many processes: %s", BEYOND, which);
    return false;
}

/* A server with a fixed number of workers leaves the next clients in the listen
   queue until others leave. If each worker is a process of its own, that has
   nothing to do with descriptors: so let those that were served leave, and see
   whether all others are served then. */
static bool by_own_limit(struct context *c, struct client_pool *m,
                         size_t served)
{
    size_t gone = 0;

    if (c->model == MODEL_EVENT_LOOP || c->model == MODEL_THREADS ||
        m->sequence > 0 || served == 0 || queue_waiting(c) == 0)
        return false;
    m->leave = true;
    for (size_t i = 0; i < m->n; i++) {
        struct client_pool_client *k = &m->client[i];

        if (k->talk.fd < 0)
            gone++; /* that queue was full */
        else if (k->answered)
            talk_leave(&k->talk);
    }
    return gone + client_pool_receive(m) == m->n;
}

/* As many at once as show whether a thousand are too many for its pace. One
   that takes fewer at a time has a pace that they do not show. */
static bool time_allows(struct context *c)
{
    struct budget budget = budget_of(MOST_MS, BEYOND);
    char why[BUDGET_TEXT];
    struct client_pool m;

    for (size_t come = SAMPLE; come <= (size_t)SAMPLES * SAMPLE;
         come += SAMPLE) {
        bool good = client_pool_open(&m, c, SAMPLE) == 0 &&
                    client_pool_talk(&m, 0) == SAMPLE;

        client_pool_close(&m);
        wait_asleep(c); /* what ends is then reckoned with */
        if (!good)
            break;
        if (!budget_spent(&budget, come))
            continue;
        budget_tell(&budget, "clients", come, why);
        verdict_skip(c->v, "%s", why);
        return false;
    }
    return true;
}

static bool open_all(struct context *c, struct client_pool *m)
{
    if (client_pool_open(m, c, BEYOND) == 0)
        return true;
    verdict_error(c->v, "%d connections: %s", BEYOND, strerror(errno));
    return false;
}

/* ---- all are served ---- */

static void judge_served(struct context *c, struct client_pool *m)
{
    size_t served = load_talk_twice(m), limit;

    if (served == BEYOND)
        verdict_pass(c->v);
    else if (reached_limit(c, served))
        return;
    else if (by_own_limit(c, m, served))
        verdict_skip(c->v,
                     "the server takes %zu at a time and leaves the others "
                     "in the listen queue: they were served after those",
                     served);
    else if (load_own_limit(c, m, &limit))
        verdict_skip(c->v, "its own limit: %zu clients at a time", limit);
    else
        load_tell_unserved(c, m, served);
}

static void thousand_clients(struct context *c)
{
    struct client_pool m = { .events = -1 };

    if (!limit_allows(c, "the harness's own", 0) || !server_up(c) ||
        !processes_allow(c) || !server_limit_allows(c))
        return;
    if (c->shown && c->shown->at_once >= BEYOND) {
        verdict_fact(c->v, "seen at the clients of load/beyond-fd-setsize");
        verdict_pass(c->v);
        return;
    }
    if (time_allows(c) && open_all(c, &m))
        judge_served(c, &m);
    client_pool_close(&m);
}

/* ---- none is harmed ---- */

static bool served(const struct client_pool_client *k)
{
    return k->answered;
}

/* It waits to be accepted, or to be answered. */
static bool waits(const struct client_pool_client *k)
{
    return k->talk.fd >= 0 && !k->ended && !served(k);
}

/* Neither served nor refused: something came back, and not all of it. */
static bool cut_off(const struct client_pool_client *k)
{
    return k->ended && k->talk.came > 0 && !served(k);
}

static bool harmed(struct context *c, const struct unserved *u,
                   const char *what)
{
    if (u->n == 0)
        return false;
    verdict_expected(c->v,
                     "each of %d clients connected at once is served, waits "
                     "until others have left, or is refused by FIN or RST",
                     BEYOND);
    verdict_observed(c->v, "%zu %s%s", u->n, what,
                     server_ended(c) ? "; the server has ended" : "");
    verdict_fail(c->v, "%zu of %d clients %s", u->n, BEYOND, what);
    unserved_tell(u, c->v);
    return true;
}

/* Those of whom that is true. */
static void pick(const struct client_pool *m, struct unserved *u,
                 bool (*is)(const struct client_pool_client *k))
{
    char text[UNSERVED_TEXT];

    *u = (struct unserved){ 0 };
    for (size_t i = 0; i < m->n; i++)
        if (is(&m->client[i])) {
            client_pool_describe(&m->client[i], text, sizeof text);
            unserved_add(u, i, text);
        }
}

/* No wrong byte, and none that was cut off in the middle. */
static bool answered_rightly(struct context *c, struct client_pool *m)
{
    struct unserved u = { 0 };

    for (size_t i = 0; i < m->n; i++)
        if (client_pool_wrong(m, i))
            unserved_add(&u, i, "another answer came");
    if (harmed(c, &u, "got wrong bytes"))
        return false;
    pick(m, &u, cut_off);
    return !harmed(c, &u, "were cut off in the middle of their echo");
}

/* Another daemon than one of echo may close idle connections when it has few
   places left (unbound does): that is seen, and no harm. */
static bool closed_by_choice(const struct talk *t)
{
    return !t->who.protocol->echo && t->nin == 0 &&
           (t->trouble == TALK_FIN || t->trouble == TALK_RECV_FAILED);
}

/* Those that were served are so again while the others wait. */
static bool served_again(struct context *c, struct client_pool *m)
{
    struct unserved u = { 0 };
    char text[UNSERVED_TEXT];

    for (size_t i = 0; i < m->n; i++)
        m->client[i].aside = !served(&m->client[i]);
    if (c->protocol->once)
        return true;
    (void)client_pool_talk(m, 1);
    for (size_t i = 0; i < m->n; i++)
        if (!m->client[i].aside && !served(&m->client[i]) &&
            !closed_by_choice(&m->client[i].talk)) {
            client_pool_describe(&m->client[i], text, sizeof text);
            unserved_add(&u, i, text);
        }
    return !harmed(c, &u, "were served, but not a second time");
}

/* All of them were served, and were so again while all were there. */
static bool note_all_served(struct context *c, const struct client_pool *m)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->client[i].aside || !served(&m->client[i]))
            return true;
    shown_at_once(c, m->n);
    return true;
}

/* Those that were served leave, and each of the others once it is: until then
   it may have waited, in whatever queue. */
static bool none_left_in_silence(struct context *c, struct client_pool *m)
{
    struct unserved u;

    m->leave = true;
    for (size_t i = 0; i < m->n; i++) {
        struct client_pool_client *k = &m->client[i];

        if (k->aside)
            k->aside = false;
        else
            talk_leave(&k->talk);
    }
    (void)client_pool_receive(m);
    pick(m, &u, waits);
    return !harmed(c, &u, "were left in silence once the others had left") &&
           answered_rightly(c, m);
}

/* At once, or when it has seen that the others have left: a thousand threads
   that end may have no processor for long. */
static bool serves_a_new_one(struct context *c)
{
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    char why[160];

    while (!client_served(c, UINT32_MAX, why, sizeof why)) {
        bool ended = server_ended(c);

        if (ended || deadline_was_proven() || deadline_passed(d)) {
            judge_not_served("after 1,100 clients at once", why, ended, c->v);
            return false;
        }
        pause_until(&pause, d);
    }
    return true;
}

static bool any_served(struct context *c, struct client_pool *m)
{
    struct unserved u;

    if (client_pool_talk(m, 0) > 0)
        return true;
    client_pool_unserved(m, &u);
    return !harmed(c, &u, "were not served: none was");
}

static void beyond_fd_setsize(struct context *c)
{
    struct client_pool m = { .events = -1 };
    bool good;

    if (!limit_allows(c, "the harness's own", 0) || !server_up(c) ||
        !processes_allow(c) || !time_allows(c))
        return;
    good = open_all(c, &m) && any_served(c, &m) && answered_rightly(c, &m) &&
           served_again(c, &m) && answered_rightly(c, &m) &&
           note_all_served(c, &m) && none_left_in_silence(c, &m);
    client_pool_close(&m);
    if (good && serves_a_new_one(c))
        verdict_pass(c->v);
}

static const struct test_case cases[] = {
    { "load/beyond-fd-setsize", MUST,
      "1,100 clients connected at once harm nobody", "select(2)",
      beyond_fd_setsize, 300,
      "More connections than an fd_set has bits, a frame of each: it is "
      "served, or waits, or is refused by FIN or RST. Those that were served "
      "are served once more; when they have left, those that wait are served "
      "or refused, and then a new client is served. Not judged where all would "
      "take more than 20 s, or 5.5 s of processor time.",
      "FD_SET of a descriptor of 1,024 or more writes beyond the fd_set, over "
      "what stands behind it.",
      "poll or epoll instead of select; or close at once what an fd_set cannot "
      "hold.",
      .holds = BEYOND, .series = "a thousand clients" },
    { "load/thousand-clients", SHOULD,
      "1,100 clients connected at once are all served, where the fd limit "
      "allows",
      "select(2)", thousand_clients, 300,
      "As load/concurrent-clients, with more connections than an fd_set has "
      "bits; or those of load/beyond-fd-setsize, on the same server. Not judged "
      "where all would take more than 20 s, or 5.5 s of processor time.",
      "A table of clients of a fixed size, or select.",
      "poll or epoll; tables that grow with the number of clients.",
      .holds = BEYOND, .series = "a thousand clients" },
};

const struct case_table load_beyond_cases = CASE_TABLE(cases);
