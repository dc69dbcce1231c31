/* SPDX-License-Identifier: MIT */
/* How long a run still takes, in words. */
#include "run/progress.h"

#include "base/check.h"

static void left(double share, double seconds, const char *want)
{
    char text[PROGRESS_LEFT];

    CHECK_STR(progress_left(share, seconds, text), want);
}

int main(void)
{
    left(0, 10, "");
    left(0.04, 10, ""); /* too early to say */
    left(0.5, 0.2, "");
    left(0.5, 10, ", about 10 s left");
    left(0.25, 10, ", about 30 s left");
    left(0.999, 10, ", about 1 s left");
    left(1, 10, ", about 1 s left");
    left(0.1, 100, ", about 15 min left");
    left(0, 0, "");
    return check_result();
}
