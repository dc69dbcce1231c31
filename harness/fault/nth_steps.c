/* SPDX-License-Identifier: MIT */
/* Each step has a rank, made from the seed and from what it is. Nothing here
   depends on how many others there are, so one seed is one walk. */
#include "fault/nth_steps.h"

#include "base/frame.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE = 12, MOST_OF_A_KIND = 200 };

static int add(struct nth_steps *s, const struct nth_step *step)
{
    if (s->n == s->room) {
        size_t room = s->room ? 2 * s->room : 256;
        void *more = realloc(s->step, room * sizeof *s->step);

        if (!more)
            return -1;
        s->step = more;
        s->room = room;
    }
    s->step[s->n++] = *step;
    return 0;
}

int nth_steps_add(struct nth_steps *s, const struct nth_choice *of,
                  uint64_t seed, enum call kind, long can, long eintr)
{
    int error;

    if (of->call && strcmp(of->call, call_name(kind)) != 0)
        return 0;
    for (size_t i = 0; (error = fault_errno(kind, i, of->mistakes)); i++) {
        long calls = error == EINTR ? eintr : can;
        long stride = calls / MOST_OF_A_KIND + 1;

        for (long n = 1; n <= calls && (!of->error || of->error == error);
             n += stride) {
            struct nth_step step = {
                kind,
                n,
                error,
                frame_random(seed, (uint64_t)n << 32 | (uint64_t)kind << 16 |
                                       (uint64_t)error),
            };

            if (add(s, &step) < 0)
                return -1;
        }
    }
    return 0;
}

static int by_rank(const void *a, const void *b)
{
    const struct nth_step *x = a, *y = b;

    return x->rank < y->rank ? -1 : x->rank > y->rank;
}

/* Move the step of lowest rank of each kind to the front. */
static void one_of_each_first(struct nth_steps *s)
{
    bool taken[CALL_KINDS] = { false };
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++) {
        struct nth_step step = s->step[i];

        if (taken[step.kind])
            continue;
        taken[step.kind] = true;
        memmove(&s->step[n + 1], &s->step[n], (i - n) * sizeof step);
        s->step[n++] = step;
    }
}

void nth_steps_draw(struct nth_steps *s)
{
    if (s->n)
        qsort(s->step, s->n, sizeof *s->step, by_rank);
    one_of_each_first(s);
    if (s->n > SAMPLE)
        s->n = SAMPLE;
}

void nth_steps_free(struct nth_steps *s)
{
    free(s->step);
    *s = (struct nth_steps){ 0 };
}
