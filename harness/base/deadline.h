/* SPDX-License-Identifier: MIT */
/* Moments on the monotonic clock, one scale for all of them, and the growing
   pause of a loop that waits for a condition. */
#ifndef DEADLINE_H
#define DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

struct deadline {
    int64_t at_ns;
}; /* CLOCK_MONOTONIC */

/* Multiply every later deadline_in by scale (> 0). */
void deadline_set_scale(double scale);
double deadline_scale(void);

int64_t deadline_now_ns(void);
struct deadline deadline_in(double ms);
/* The moment so many seconds after from_ns, not scaled. */
struct deadline deadline_after(int64_t from_ns, double seconds);
bool deadline_passed(struct deadline d);
/* Milliseconds left, rounded up for poll(2); 0 once it has passed. */
int deadline_left_ms(struct deadline d);
struct deadline deadline_sooner(struct deadline a, struct deadline b);

struct pause {
    int64_t ns;
}; /* start with { 0 } */

/* Sleep between two looks at a condition: 100 us first, then longer each time,
   50 ms at most, and never beyond d. */
void pause_until(struct pause *p, struct deadline d);

#endif
