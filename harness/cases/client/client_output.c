/* SPDX-License-Identifier: MIT */
/* client/output-full: what it prints cannot be written. */
#include "cases/client/client.h"

static void output_full(struct context *c)
{
    static const struct session_how how = { .out = "/dev/full" };
    struct session d;

    if (client_begin(c, &d, &how)) {
        session_type(&d, "hello\n", 6);
        session_end_input(&d);
        if (client_reports(c, &d, "with stdout on a full device", false))
            verdict_pass(c->v);
    }
    session_end(&d);
}

static const struct test_case cases[] = {
    { "client/output-full", SHOULD, "output that cannot be written is reported",
      "write(2)", output_full, 0, "stdout is /dev/full.",
      "printf whose result nobody looks at.",
      "Look at what fflush(stdout) returns after each reply, and fclose at "
      "the end: on EOF a message and status 1." },
};

const struct case_table client_output_cases = CASE_TABLE(cases);
