/* SPDX-License-Identifier: MIT */
/* Hands what the clients of a crowd saw to the judge of each requirement. What
   only a crowd is asked is judged here. */
#include "judge/judge_requirement.h"
#include "judge/judge_stress.h"

#include <string.h>

/* True if the client lacks some of its echo; wrong bytes are another
   requirement. */
static bool unserved(const struct crowd_slot *s)
{
    if (s->trouble == CROWD_FINE)
        return s->stage < CROWD_DONE;
    return s->trouble != CROWD_WRONG_BYTES && s->trouble != CROWD_BYTES_ADDED;
}

static void tell_stall(const struct stress_seen *s, struct verdict *v)
{
    if (s->proof[0])
        verdict_fact(v, "no client connects or receives a byte any more: %s",
                     s->proof);
    else
        verdict_fact(v, "no client connected or received a byte for %.1f s",
                     s->timeout_ms * deadline_scale() / 1000);
}

/* A daemon may take so many at a time, and turn the others away or let them
   wait: whoever comes as others leave is served then. Where a
   connection bears one exchange, who came in once may be turned away the next
   time. An echo server has no such limit to name. */
static bool is_own_limit(const struct stress_seen *s, uint32_t served)
{
    const struct crowd_plan *p = s->plan;

    if (p->protocol.echo || served < 2 || s->ended || !s->served_after ||
        s->refused_alone || s->ended_by_overlap ||
        (s->overlap.failed && !overlap_refused(&s->overlap)))
        return false;
    for (uint32_t i = 0; i < p->clients; i++) {
        const struct crowd_slot *k = &p->slot[i];
        bool came_in = k->stage >= CROWD_SERVED && !p->protocol.once;

        if (k->trouble == CROWD_WRONG_BYTES ||
            k->trouble == CROWD_BYTES_ADDED ||
            (came_in && k->trouble != CROWD_FINE))
            return false;
    }
    return true;
}

void judge_stress_concurrent(const struct stress_seen *s, struct verdict *v)
{
    const struct crowd_plan *p = s->plan;
    uint32_t served = crowd_count(p, CROWD_SERVED);
    struct unserved u = { 0 };

    for (uint32_t i = 0; i < p->clients; i++)
        if (unserved(&p->slot[i]))
            unserved_add(&u, i, crowd_trouble_text(&p->slot[i]));
    if (u.n && is_own_limit(s, served)) {
        verdict_skip(v,
                     "%u of %u clients were served at a time, and others as "
                     "these left: its own limit",
                     served, p->clients);
        unserved_tell(&u, v);
    } else if (u.n) {
        judge_unserved(&u, p->clients, served, 1, s->ended, v);
        if (s->gate == CROWD_STALLED || s->end == CROWD_STALLED)
            tell_stall(s, v);
    } else if (served < p->clients) {
        verdict_skip(v,
                     "%u clients had wrong bytes for their first frame: "
                     "see load/own-bytes",
                     p->clients - served);
    } else {
        verdict_pass(v);
    }
}

/* Tell whose bytes they are, if that can be told. */
static void name_owner(const struct crowd_plan *p, const struct crowd_fault *f,
                       struct verdict *v)
{
    struct frame_stamp mine = { p->seed, f->client, f->sequence, p->round };

    if (judge_owner(&mine, f->got, f->got_bytes, v) != OWNER_UNKNOWN)
        return;
    for (uint32_t i = 0; i < p->nfixtures; i++)
        if (f->got_bytes == FRAME_BYTES &&
            memcmp(crowd_fixture((struct crowd_plan *)p, i), f->got,
                   FRAME_BYTES) == 0) {
            verdict_fact(v,
                         "client %u, frame %u, got fixture frame %u, which "
                         "it had not sent then",
                         f->client, f->sequence, i);
            return;
        }
    verdict_fact(v, "client %u, frame %u", f->client, f->sequence);
}

static bool is_frame(const struct crowd_plan *p, const struct crowd_fault *f)
{
    return f->client < p->clients || f->sequence == 0;
}

static uint32_t kept_faults(const struct crowd_plan *p)
{
    return p->nfaults < CROWD_FAULTS ? p->nfaults : CROWD_FAULTS;
}

void judge_stress_own_bytes(const struct stress_seen *s, struct verdict *v)
{
    const struct crowd_plan *p = s->plan;
    uint64_t want = (uint64_t)p->clients * p->frames, got = 0;
    uint32_t wrong = 0;

    for (uint32_t i = 0; i < crowd_total(p); i++) {
        got += i < p->clients ? p->slot[i].verified : 0;
        wrong += p->slot[i].trouble == CROWD_WRONG_BYTES &&
                 (i < p->clients || p->slot[i].stage < CROWD_SERVED);
    }
    if (!wrong && got == want) {
        verdict_pass(v);
        return;
    }
    if (!wrong) {
        verdict_skip(v,
                     "only %llu of %llu frames came back, none wrong: see "
                     "load/concurrent-clients",
                     (unsigned long long)got, (unsigned long long)want);
        return;
    }
    judge_wrong_bytes(wrong, p->clients, v);
    for (uint32_t i = 0; i < kept_faults(p); i++) {
        const struct crowd_fault *f = &p->fault[i];

        if (!is_frame(p, f))
            continue;
        verdict_bytes(v, f->want, f->want_bytes, f->got, f->got_bytes);
        name_owner(p, f, v);
    }
}

/* The bytes that a client of short messages got wrong, if it did. */
static void show_short_fault(const struct crowd_plan *p, uint32_t client,
                             struct verdict *v)
{
    for (uint32_t i = 0; i < kept_faults(p); i++)
        if (p->fault[i].client == client && p->fault[i].sequence > 0) {
            verdict_bytes(v, p->fault[i].want, p->fault[i].want_bytes,
                          p->fault[i].got, p->fault[i].got_bytes);
            return;
        }
}

void judge_stress_short_message(const struct stress_seen *s, struct verdict *v)
{
    const struct crowd_plan *p = s->plan;
    uint32_t began = 0;

    for (uint32_t i = p->clients; i < p->clients + p->shorts; i++) {
        const struct crowd_slot *slot = &p->slot[i];

        if (slot->stage < CROWD_TALKING)
            continue;
        began++;
        if (slot->stage == CROWD_DONE)
            continue;
        if (s->ended && slot->trouble != CROWD_WRONG_BYTES &&
            slot->trouble != CROWD_BYTES_ADDED) {
            began--; /* cut off by the server's end */
            continue;
        }
        verdict_expected(v, "a message of 65 to 997 bytes comes back, then "
                            "after one of 1 to 61 and FIN just that, then FIN");
        verdict_observed(v, "%s after %u bytes received",
                         crowd_trouble_text(slot), slot->bytes - FRAME_BYTES);
        verdict_fail(v, "a message that is no frame did not come back at its "
                        "own length, then FIN");
        show_short_fault(p, i, v);
    }
    if (began == p->shorts)
        verdict_pass(v);
    else
        verdict_skip(v, s->ended ? "the server has ended"
                                 : "its clients were not served: see "
                                   "load/concurrent-clients");
}

void judge_stress_overlap(const struct stress_seen *s, struct verdict *v)
{
    if (s->served_after && !s->ended_by_overlap && !s->refused_alone &&
        overlap_refused(&s->overlap))
        verdict_skip(v,
                     "client %u of %u was turned away while others were there, "
                     "which may be the server's own limit: see load/overlap",
                     s->overlap.failed->who.stamp.client + 1,
                     s->overlap.clients);
    else if (s->served_after)
        judge_overlap(&s->overlap, s->ended_by_overlap, v);
    else
        verdict_skip(v, s->ended ? "the server has ended"
                                 : "no client is served after the crowd: see "
                                   "lifecycle/still-serving");
}

void judge_stress_still_serving(const struct stress_seen *s, struct verdict *v)
{
    if (s->served_after)
        verdict_pass(v);
    else if (s->harmed_by_stop)
        verdict_skip(v, "SIGSTOP and SIGCONT alone keep it from serving: see "
                        "lifecycle/stop-continue");
    else
        judge_not_served("after the crowd", s->served_why, s->ended, v);
}
