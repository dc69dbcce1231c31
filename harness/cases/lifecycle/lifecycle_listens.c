/* SPDX-License-Identifier: MIT */
/* lifecycle/listens-where-asked: there, and nowhere else. */
#include "cases/lifecycle/lifecycle.h"

#include "kit/simple_client.h"
#include "kit/wait_idle.h"

#include <errno.h>
#include <string.h>

struct elsewhere {
    struct context *c;
    struct address asked; /* as COMMAND was told: 0.0.0.0 is no 127.0.0.1 */
    bool any_address;     /* the command was not told one */
    size_t found;
};

/* All addresses are all addresses: a program whose sockets are for both
   families, as a JVM's are, listens on :: when told 0.0.0.0. */
static bool is_asked(const struct elsewhere *e, const struct address *a)
{
    if (address_port(a) != address_port(&e->asked))
        return false;
    return e->any_address || address_same_host(a, &e->asked) ||
           (address_is_any(a) && address_is_any(&e->asked));
}

static int note_elsewhere(const struct socket_info *i, pid_t holder, void *arg)
{
    struct elsewhere *e = arg;
    char text[ADDRESS_TEXT];

    if (is_asked(e, &i->local))
        return 0;
    e->found++;
    verdict_observed(e->c->v, "pid %d listens on %s", (int)holder,
                     address_text(&i->local, text));
    verdict_fact(e->c->v, "pid %d holds socket:[%lu], which listens on %s",
                 (int)holder, i->inode, text);
    return 0;
}

static void listens_where_asked(struct context *c)
{
    struct elsewhere e = { .c = c };
    struct snapshot now = { .n = 0 };
    char asked[ADDRESS_TEXT], why[96];

    e.any_address = c->target.fixed || !target_tells_ip(&c->target);
    (void)address_parse(&e.asked, c->target.ip, c->port); /* it is an address */
    if (!server_up(c))
        return;
    (void)simple_client_new(c, why, sizeof why); /* it is past its start by
                                                    then */
    if (wait_idle(c, &now)) {
        verdict_expected(c->v,
                         e.any_address ? "no other port than that of %s"
                                       : "%s, and nothing else",
                         address_text(&e.asked, asked));
        if (subject_each_listener(&c->subject, note_elsewhere, &e) < 0)
            verdict_error(c->v, "cannot list listening sockets: %s",
                          strerror(errno));
        else if (e.found)
            verdict_fail(c->v, "it listens where it was not asked to");
        else
            verdict_pass(c->v);
    }
    snapshot_free(&now);
}

static const struct test_case cases[] = {
    { "lifecycle/listens-where-asked", MUST,
      "it listens on the address and port asked for, and on no other",
      "bind(2)", listens_where_asked, 0,
      "sock_diag: every listening socket that a process of the target holds. "
      "A v4-mapped address is the same as its IPv4 one; where COMMAND carries "
      "no {ip}, the port alone is judged.",
      "INADDR_ANY whatever was asked for; or a further port, for status or "
      "control.",
      "Bind what was asked for, and nothing else." },
};

const struct case_table lifecycle_listens_cases = CASE_TABLE(cases);
