/* SPDX-License-Identifier: MIT */
/* N forked clients at the same time: start them, watch them, release them
   together, gather what they saw from the memory shared with them. */
#ifndef CROWD_H
#define CROWD_H

#include "base/deadline.h"
#include "client/crowd_seen.h"

#include <stdbool.h>
#include <sys/types.h>

struct crowd_order {
    const char *path; /* of the crowd's executable */
    uint32_t clients, shorts, resets, owed, frames, room, round;
    uint64_t seed;
    struct address address;
    const struct protocol *protocol;
    const unsigned char *fixtures; /* nfixtures frames */
    uint32_t nfixtures;
    double timeout_ms; /* the longest time without progress, unless it is
                          proven that there will be none */
    void (*progress)(const struct crowd_plan *p, void *arg); /* or NULL */
    void *arg;
};

struct crowd {
    struct crowd_order order;
    struct crowd_plan *plan;
    int fd;
    pid_t pid; /* leader of the clients' process group */
    bool running;
    int status;             /* as waitpid(2), once it no longer runs */
    uint64_t seen;          /* progress at the last look */
    struct deadline stalls; /* unless there is some */
};

/* Returns 0, or -1 with errno. crowd_free in every case; c stays where it is
   until then. */
int crowd_start(struct crowd *c, const struct crowd_order *order);
/* Wait until every client was served its first frame or gave up. */
enum crowd_state crowd_wait_gate(struct crowd *c);
void crowd_open_gate(struct crowd *c);
/* Wait until every client has ended. */
enum crowd_state crowd_wait_end(struct crowd *c);
/* After CROWD_TROUBLE: what went wrong, in one line: a client that could not be
   forked, or one, or the crowd's own process, that a signal ended. A static
   buffer. */
const char *crowd_broken(const struct crowd *c);
/* Kill what is left of it and wait until no process of it is there. */
void crowd_end(struct crowd *c);
void crowd_free(struct crowd *c);

#endif
