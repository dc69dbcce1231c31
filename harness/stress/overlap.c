/* SPDX-License-Identifier: MIT */
/* All in one process, whose sockets do not block: whoever is answered leaves,
   and another comes, while the others wait. Decides nothing. */
#include "stress/overlap.h"

#include "base/deadline.h"
#include "client/conn.h"
#include "client/talk_wait.h"
#include "target/subject_listener.h"

enum {
    PATIENCE_MS = 20,
    MOST_IMPATIENT = 16, /* times; then it serves fewer at a time than come */
    SILENT_FOR = 4,      /* times 0, 1, 2: others that leave before one says
                            something */
    STAYS_FOR = 3        /* times 0, 1: others that come before one that was
                            answered leaves */
};

enum stage { AWAY, SILENT, ASKS, STAYS };

struct visitor {
    struct talk talk;
    enum stage stage;
    uint32_t until; /* so many have left, or come: see waits */
};

struct overlap {
    const struct subject *subject;
    const struct protocol *protocol;
    uint64_t seed;
    double timeout_ms;
    struct visitor visitor[OVERLAP_AT_A_TIME];
    size_t room; /* of them */
    uint32_t begun, left;
    int impatient;
    struct overlap_seen *seen;
};

static void fails(struct overlap *o, const struct talk *t)
{
    if (!o->seen->failed)
        o->seen->failed = t;
}

static void enter(const struct overlap *o, struct visitor *k, enum stage stage,
                  uint32_t until)
{
    k->stage = stage;
    k->until = o->impatient < MOST_IMPATIENT ? until : 0;
}

/* For others, with what it does next. */
static bool waits(const struct overlap *o, const struct visitor *k)
{
    if (k->stage == SILENT)
        return k->until > o->left;
    return k->stage == STAYS && k->until > o->begun;
}

static void come(struct overlap *o, struct visitor *k)
{
    struct frame_stamp stamp = { o->seed, o->begun++, 0, OVERLAP_ROUND };
    struct talk *t = &k->talk;

    talk_init(t, o->protocol, &stamp);
    if (talk_connect(t, &o->subject->address,
                     deadline_of_target(o->timeout_ms)))
        enter(o, k, SILENT, o->left + stamp.client % 3 * SILENT_FOR);
    else if (conn_is_our_lack(t->error))
        o->seen->lack = t->error;
    else
        fails(o, t);
}

static void is_answered(struct overlap *o, struct visitor *k)
{
    o->seen->served++;
    enter(o, k, STAYS, o->begun + k->talk.who.stamp.client % 2 * STAYS_FOR);
}

static void go(struct overlap *o, struct visitor *k)
{
    enum talk_state state;

    if (waits(o, k))
        return;
    if (k->stage == SILENT) {
        talk_begin(&k->talk, 0);
        k->stage = ASKS;
    }
    if (k->stage == ASKS) {
        state = talk_go(&k->talk);
        if (state == TALK_DONE)
            is_answered(o, k);
        else if (state == TALK_ENDED)
            fails(o, &k->talk);
    } else if (k->stage == STAYS) {
        talk_leave(&k->talk);
        o->left++;
        k->stage = AWAY;
    }
}

static bool goes_on(const struct overlap *o)
{
    return o->seen->served < o->seen->clients && !o->seen->failed &&
           !o->seen->lack && !o->seen->late;
}

/* It grows with each client that comes, says or hears something, or leaves. */
static uint64_t moved(const struct overlap *o)
{
    uint64_t sum = ((uint64_t)o->begun + o->left + o->seen->served) << 32;

    for (size_t i = 0; i < o->room; i++)
        sum += o->visitor[i].stage + o->visitor[i].talk.moved;
    return sum;
}

/* Nothing came for too long: what stands for all of them is the first. False:
   nobody has asked. */
static bool give_up(struct overlap *o)
{
    for (size_t i = 0; i < o->room; i++) {
        struct visitor *k = &o->visitor[i];

        if (k->stage != ASKS)
            continue;
        if (talk_give_up(&k->talk) == TALK_DONE)
            is_answered(o, k);
        else
            fails(o, &k->talk);
        return true;
    }
    return false;
}

static void turn(struct overlap *o)
{
    for (size_t i = 0; i < o->room && goes_on(o); i++) {
        struct visitor *k = &o->visitor[i];

        if (k->stage == AWAY && o->begun < o->seen->clients)
            come(o, k);
        if (k->stage != AWAY && goes_on(o))
            go(o, k);
    }
}

/* Those that wait for others wait no longer. True if there was one. */
static bool release(struct overlap *o)
{
    bool any = false;

    for (size_t i = 0; i < o->room; i++) {
        struct visitor *k = &o->visitor[i];

        any |= waits(o, k);
        k->until = 0;
    }
    return any;
}

/* Until one that has asked has an answer. A server that takes fewer at a time
   than come may wait for one that says nothing, or stays. */
static void await(struct overlap *o, struct deadline d)
{
    struct pollfd p[OVERLAP_AT_A_TIME];
    int left = deadline_left_ms(d), asking = 0;

    for (size_t i = 0; i < o->room; i++) {
        bool asks = o->visitor[i].stage == ASKS;

        p[i] =
            asks ? talk_poll(&o->visitor[i].talk) : (struct pollfd){ .fd = -1 };
        asking += asks;
    }
    if (asking == 0) {
        (void)release(o);
    } else if (poll(p, o->room, left < PATIENCE_MS ? left : PATIENCE_MS) == 0) {
        o->impatient += release(o);
        if (left > PATIENCE_MS)
            (void)poll(p, o->room, PATIENCE_MS);
    }
}

void overlap_run(const struct subject *s, const struct protocol *p,
                 uint64_t seed, uint32_t clients, size_t most,
                 double timeout_ms, struct overlap_seen *seen)
{
    static struct overlap o;
    size_t queue = subject_backlog(s, OVERLAP_AT_A_TIME);
    struct deadline d = deadline_of_target(timeout_ms);
    struct budget budget = budget_of(OVERLAP_MS, clients);

    *seen = (struct overlap_seen){ .clients = clients, .at_a_time = (int)most };
    o.subject = s;
    o.protocol = p;
    o.seed = seed;
    o.timeout_ms = timeout_ms;
    o.room = queue < most ? queue : most;
    o.begun = o.left = 0;
    o.impatient = 0;
    o.seen = seen;
    for (size_t i = 0; i < o.room; i++)
        o.visitor[i].stage = AWAY;
    while (goes_on(&o)) {
        uint64_t before = moved(&o);

        turn(&o);
        if (moved(&o) != before) {
            d = deadline_of_target(timeout_ms);
            seen->late =
                seen->served < clients && budget_spent(&budget, seen->served);
            if (seen->late)
                budget_tell(&budget, "clients", seen->served, seen->took);
            continue;
        }
        if (!deadline_passed(d))
            await(&o, d);
        else if (!give_up(&o))
            (void)release(&o);
    }
    for (size_t i = 0; i < o.room; i++)
        if (&o.visitor[i].talk == seen->failed)
            talk_close(&o.visitor[i].talk);
        else if (o.visitor[i].stage != AWAY)
            talk_leave(&o.visitor[i].talk);
}
