/* SPDX-License-Identifier: MIT */
/* Assertions of the unit tests: each says what differed, none ends the test.
   A test's main returns check_result(). */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <string.h>

static int check_failures;

#define CHECK(condition) \
    check_that((condition) ? 1 : 0, #condition, __FILE__, __LINE__)
#define CHECK_INT(got, want) \
    check_int((long long)(got), (long long)(want), #got, __FILE__, __LINE__)
#define CHECK_STR(got, want) check_str((got), (want), #got, __FILE__, __LINE__)

static inline void check_that(int holds, const char *what, const char *file,
                              int line)
{
    if (holds)
        return;
    check_failures++;
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
}

static inline void check_int(long long got, long long want, const char *what,
                             const char *file, int line)
{
    if (got == want)
        return;
    check_failures++;
    fprintf(stderr, "%s:%d: %s is %lld, not %lld\n", file, line, what, got,
            want);
}

static inline void check_str(const char *got, const char *want,
                             const char *what, const char *file, int line)
{
    if (got == want || (got && want && strcmp(got, want) == 0))
        return;
    check_failures++;
    fprintf(stderr, "%s:%d: %s is\n  %s\nnot\n  %s\n", file, line, what,
            got ? got : "(null)", want ? want : "(null)");
}

static inline int check_result(void)
{
    return check_failures ? 1 : 0;
}

#endif
