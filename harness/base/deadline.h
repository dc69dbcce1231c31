/* SPDX-License-Identifier: MIT */
/* One clock for all waits, and the growing pause of a loop that waits for a
   condition. A wait has one form, which looks at the condition once a turn:

       while (!condition() && !deadline_passed(d))
           pause_until(&pause, d);        or poll(..., deadline_left_ms(d))

   The clock is the monotonic one, less the time that does not count: that for
   which the whole machine stood still, and what patience (below) knows of. */
#ifndef DEADLINE_H
#define DEADLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct deadline {
    int64_t at_ns;  /* on the clock of waits; it identifies the wait, too */
    bool of_target; /* what is waited for is the target's to do: it ends early
                       where the target is proven to do no more */
    bool of_end;    /* likewise, and it may be the end of one of its processes,
                       to which no more is needed than an alarm(2) that nobody
                       catches */
};

/* Who knows more of a wait than the clock does. */
struct patience {
    /* For how many nanoseconds, since it was last asked, a process that the
       waits depend on was ready to run and got no processor; overslept_ns: for
       how long sleeps of this process have lasted too long. */
    int64_t (*starved_ns)(int64_t overslept_ns);
    /* NULL, and all that follow: waits for the target are as all others. Called
       once a turn of each wait for the target: true if it is proven that
       nothing will happen before d. From then on d has passed. */
    bool (*is_still)(struct deadline d);
    /* True if the target seems to be still: then it is looked at more often. */
    bool (*seems_still)(void);
    /* A wait for the target has lasted until d. */
    void (*ran_out)(struct deadline d);
    /* How many nanoseconds of processor time the target has used so far; NULL:
       that is not known. */
    int64_t (*used_ns)(void);
    /* For how many nanoseconds so far somebody on this machine was ready to run
       and got no processor; NULL: that is not known. */
    int64_t (*contended_ns)(void);
};
/* For this process, from now on; NULL: nobody. */
void deadline_set_patience(const struct patience *p);

/* Multiply every later deadline_in by scale (> 0). */
void deadline_set_scale(double scale);
double deadline_scale(void);

/* Monotonic time, for measuring what has been; not the clock of waits. */
int64_t deadline_now_ns(void);
struct deadline deadline_in(double ms);
/* The same, and what is waited for is the target's to do. */
struct deadline deadline_of_target(double ms);
struct deadline deadline_of_end(double ms);
/* So many nanoseconds from now, not scaled, for the same kind of wait as d. */
struct deadline deadline_anew(struct deadline d, int64_t ns);
/* So many seconds later than d, not scaled. */
struct deadline deadline_later(struct deadline d, double seconds);
bool deadline_passed(struct deadline d);
/* True if the last wait for the target, of those begun since the last call of
   deadline_of_target, ended by proof: whoever tries again what has come to
   nothing, and was proven to, will see the same. */
bool deadline_was_proven(void);
/* How long to poll(2) before deadline_passed is asked again: milliseconds,
   rounded up, to d or to the next look at the target; 0 once d has passed. */
int deadline_left_ms(struct deadline d);
/* All that is left; 0 once d has passed. */
int64_t deadline_left_ns(struct deadline d);
struct deadline deadline_sooner(struct deadline a, struct deadline b);

/* What something that is done all times may take: of the target's processor
   time 5 ms each time, more than which only a server takes that starts a
   program for each client; ms as waits count, which is for those that sleep;
   and half as long again by the clock on the wall, by which a run ends. To
   both, time is added for which somebody on this machine waited for a
   processor, as much again at most: each step takes longer then, by less than a
   wait shows. */
struct budget {
    struct deadline counted;
    int64_t ns, wall_ns;
    int64_t began_used_ns, used_ns; /* processor time, by the target */
    int64_t began_contended_ns;
    int64_t look_ns; /* when that is looked at again */
    size_t all;
    bool busy; /* spent by processor time */
};
enum { BUDGET_TEXT = 160 };

struct budget budget_of(double ms, size_t all);
/* True once that is over, or will be at the pace of those done times, of which
   the first tell no pace: a sixth of the time, or 0.6 s of the processor's. */
bool budget_spent(struct budget *b, size_t done);
/* "112 of 1000 clients took 1.0 s of processor time, and all would take more
   than 5 s"; what: "clients". */
void budget_tell(const struct budget *b, const char *what, size_t done,
                 char text[BUDGET_TEXT]);

struct pause {
    int64_t ns;
}; /* start with { 0 } */

/* Sleep between two looks at a condition: 100 us first, then longer each time,
   50 ms at most (8 ms where the target seems to be still), and never beyond
   d. */
void pause_until(struct pause *p, struct deadline d);

#endif
