/* SPDX-License-Identifier: MIT */
/* Which faults fault/nth-call goes through: the n-th call of a kind with each
   error that it can fail with, and of all these a sample. */
#ifndef NTH_STEPS_H
#define NTH_STEPS_H

#include "fault/fault_errnos.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nth_step {
    enum call kind;
    long n; /* from 1 */
    int error;
    uint64_t rank; /* by the seed and the step alone */
};

struct nth_choice {   /* of whoever asks; all zero: of everything a sample */
    const char *call; /* of this kind alone; NULL: of each */
    int error;        /* with this one alone; 0: with each */
    bool mistakes;    /* as for fault_errno */
};

struct nth_steps { /* all zero: none */
    struct nth_step *step;
    size_t n, room;
};

/* Add those of kind, of which can calls can fail, and eintr be interrupted; of
   a call made very often as many as leave room for the others. Returns 0, or
   -1 with ENOMEM. */
int nth_steps_add(struct nth_steps *s, const struct nth_choice *of,
                  uint64_t seed, enum call kind, long can, long eintr);

/* Keep a sample: one of each kind of call first, since a few kinds have most of
   the steps; then by rank. A call more or less, which chance brings about, so
   changes no more than the steps of that call. */
void nth_steps_draw(struct nth_steps *s);
void nth_steps_free(struct nth_steps *s);

#endif
