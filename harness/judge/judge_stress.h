/* SPDX-License-Identifier: MIT */
/* What a crowd and the audits after it saw, and the verdict on each
   requirement. Judging looks at nothing but these observations. */
#ifndef JUDGE_STRESS_H
#define JUDGE_STRESS_H

#include "client/crowd_seen.h"
#include "judge/judge_requirement.h"
#include "target/snapshot.h"

struct round_seen { /* one crowd, and the server's rest after it */
    bool done;
    char broken[128]; /* what of ours went wrong; "": nothing */
    enum idle rest;
    struct snapshot at_rest;
};

struct stress_seen {
    const struct crowd_plan *plan; /* of the first crowd */
    const struct subject *subject;
    enum crowd_state gate; /* did all have their first frame */
    enum crowd_state end;  /* did all end by themselves */
    char proof[512]; /* that the crowd would have stalled for ever; "": it did
                        for timeout_ms */
    double timeout_ms;
    struct snapshot before;  /* after the warm-up client */
    bool ended;              /* the server ended under the load */
    bool harmed_by_stop;     /* it served until it was stopped and continued by
                                us, and nothing else: see
                                lifecycle/stop-continue */
    struct round_seen first; /* the whole crowd */
    struct round_seen plain; /* an equal crowd without clients that reset: only
                                if the first left something behind; of several
                                the last */
    struct round_seen earlier; /* the one before that, if there were several:
                                  what grew then may have been a pool */
    struct round_seen resets;  /* a crowd of clients that reset, likewise */
    long nresets;              /* of that round */
    bool served_after;
    char served_why[160];        /* why not */
    struct overlap_seen overlap; /* where it served that one */
    bool refused_alone; /* one of several that came one after another, each to
                           a server at rest: that is no limit of clients at a
                           time */
    bool ended_by_overlap;
};

void judge_stress_concurrent(const struct stress_seen *s, struct verdict *v);
void judge_stress_own_bytes(const struct stress_seen *s, struct verdict *v);
void judge_stress_short_message(const struct stress_seen *s, struct verdict *v);
void judge_stress_zombies(const struct stress_seen *s, struct verdict *v);
void judge_stress_workers(const struct stress_seen *s, struct verdict *v);
void judge_stress_fds(const struct stress_seen *s, struct verdict *v);
void judge_stress_fds_after_resets(const struct stress_seen *s,
                                   struct verdict *v);
void judge_stress_sockets(const struct stress_seen *s, struct verdict *v);
void judge_stress_overlap(const struct stress_seen *s, struct verdict *v);
void judge_stress_still_serving(const struct stress_seen *s, struct verdict *v);

/* True if the first crowd left more processes, threads or descriptors: an equal
   crowd must then tell a leak from a pool that grew to its size. */
bool judge_stress_is_suspicious(const struct stress_seen *s);
/* True if the last plain crowd left more again. */
bool judge_stress_still_grows(const struct stress_seen *s);
/* What the last plain crowd is compared with. */
const struct snapshot *judge_stress_base(const struct stress_seen *s);

#endif
