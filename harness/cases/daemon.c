/* SPDX-License-Identifier: MIT */
/* daemon/: becoming a daemon. Skipped where the server stays in the
   foreground. */
#include "context.h"

static void start_returns(struct context *c, struct verdict *v)
{
    if (needs_detached(c) && server_up(c))
        verdict_pass(v);
}

static const struct test_case cases[] = {
    { "daemon/start-returns", MUST,
      "the start command returns, status 0", "daemon(7) 15", start_returns,
      0, "The start command is waited for.", "", "" },
};

const struct family daemon_family;
const struct family daemon_family = FAMILY("daemon/", cases);
