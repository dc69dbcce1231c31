/* SPDX-License-Identifier: MIT */
/* Plain arithmetic, no clock: how long a run and a case may take follows from
   the options and from how long a start of this target took. These limits are
   wide and only end what hangs; what is too slow is judged by --timeout. */
#include "run/run_limit.h"

/* A case may start the server once for each of the faults that it draws, and
   then start it anew. */
enum { CONFORM_S = 60, STRESS_S = 600, CASE_S = 30, CASE_STARTS = 32 };

double run_limit(const struct options *o, size_t cases, size_t jobs,
                 double start_s)
{
    if (o->run_timeout > 0)
        return o->run_timeout;
    if (o->command == COMMAND_STRESS)
        return STRESS_S * o->timeout_scale;
    return (CONFORM_S + 2 * (double)cases * start_s / (double)jobs) *
           options_scale(o);
}

double run_case_limit(const struct options *o, int cost_ms, double start_s)
{
    return (CASE_S + cost_ms / 100.0) * options_scale(o) +
           CASE_STARTS * start_s;
}
