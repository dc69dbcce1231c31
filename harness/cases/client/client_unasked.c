/* SPDX-License-Identifier: MIT */
/* client/no-byte-unasked: the server hears nothing before the first line. */
#include "cases/client/client.h"

#include <string.h>

static void no_byte_unasked(struct context *c)
{
    struct session d;
    size_t at = 0;
    enum met met;

    if (client_begin(c, &d, NULL)) {
        met = client_type(&d, "one\n", &at);
        if (met == MET && at == strlen("one\n")) {
            verdict_pass(c->v);
        } else if (d.peer.got.n && memcmp(d.peer.got.at, "o", 1) != 0) {
            verdict_bytes(c->v, "one\n", 4, d.peer.got.at,
                          d.peer.got.n < CLIENT_FRAME ? d.peer.got.n
                                                      : CLIENT_FRAME);
            (void)client_fails(c, &d,
                               "the first byte sent is the first "
                               "line's",
                               "it sends something before the "
                               "first line");
        } else {
            verdict_skip(c->v, "the client did not send 'one': %s",
                         session_state(&d, met));
        }
    }
    session_end(&d);
}

static const struct test_case cases[] = {
    { "client/no-byte-unasked", MUST, "it sends nothing before the first line",
      "contract", no_byte_unasked, 0,
      "The first byte that the server gets must be the line's.",
      "A greeting, a hello packet, a newline to wake the server.",
      "Send nothing before a line was read: RFC 862 knows no greeting." },
};

const struct case_table client_unasked_cases = CASE_TABLE(cases);
