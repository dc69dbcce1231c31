/* SPDX-License-Identifier: MIT */
/* client/output-full: what it prints cannot be written. */
#include "cases/client/client.h"

void client_output_full(struct context *c)
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
