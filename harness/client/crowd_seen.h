/* SPDX-License-Identifier: MIT */
/* What the memory that is shared with a crowd shows of its clients. */
#ifndef CROWD_SEEN_H
#define CROWD_SEEN_H

#include "client/crowd_plan.h"
#include "result/results.h"

enum crowd_state {
    CROWD_GOING,
    CROWD_THERE,   /* what was waited for has come */
    CROWD_STALLED, /* no client connected or received for timeout_ms */
    CROWD_TROUBLE  /* the crowd broke: crowd_broken tells how */
};

/* How many clients of role CROWD_CLIENT have come to stage or beyond. */
uint32_t crowd_count(const struct crowd_plan *p, enum crowd_stage stage);
/* All but the histograms, of which load holds none then. */
void crowd_load(const struct crowd_plan *p, struct load *load);
/* Those too, for load_free; without memory they are left out. */
void crowd_histograms(const struct crowd_plan *p, struct load *load);
/* "connect: Connection refused" for one client; a static buffer. */
const char *crowd_trouble_text(const struct crowd_slot *s);

#endif
