/* SPDX-License-Identifier: MIT */
/* One run of many clients, as far as it has come. Inside stress*.c only. */
#ifndef STRESS_STATE_H
#define STRESS_STATE_H

#include "stress/stress.h"

#include "client/connection_walk.h"
#include "judge/judge_stress.h"
#include "network/port.h"
#include "plan/plan.h"
#include "plan/scarce.h"
#include "stress/crowd.h"
#include "target/model.h"

struct stress {
    const struct plan *plan;
    struct sandbox *sandbox;
    int channel;
    case_finder *find;
    struct port port; /* of the target, if it was ours to choose */
    struct subject subject;
    struct crowd crowd; /* the first; its plan is kept for judging */
    struct stress_seen seen;
    struct load load;
    struct audit_summary audit;
    enum model model;
    struct scarce scarce; /* whether there was room for it */
    double gate_seconds;
    int64_t told_ns; /* when progress was last reported */
    bool terminated; /* all ended by themselves after SIGTERM */
};

/* With --valgrind, for memcheck alone: what is served is judged by the crowd.
   In order before the crowd comes, while no long message has been in any
   buffer; broken off when all else has been looked at. */
void stress_walk(const struct stress *s, enum connection_walk walk);

/* Send the verdicts on what the crowd and the audits saw; and, once the target
   has ended, those on what valgrind saw, the server by its inner pid. */
void stress_tell_verdicts(struct stress *s);
void stress_tell_memory(struct stress *s, pid_t server_inner);

/* --timeout. */
double stress_timeout_ms(const struct stress *s);
/* True if a client of that number was served; else why says what came. */
bool stress_client(struct stress *s, uint32_t client, char *why, size_t size);
/* What a crowd is told, its size but for the clients yet to be set. */
struct crowd_order stress_order(struct stress *s);

/* Once the crowd has left: look at what is left, with further crowds where that
   is suspicious; then sum it up for the report. */
void stress_audits(struct stress *s);
/* More clients, to a server that still serves: in s->seen. */
void stress_come_and_go(struct stress *s);
void stress_sum_up(struct stress *s);

#endif
