/* SPDX-License-Identifier: MIT */
/* process/sockets-return: no connection stays open on the server's side once
   its client has left. */
#include "cases/process/process.h"

#include "judge/judge_requirement.h"
#include "kit/simple_client.h"

enum { SOCKETS_ROUND = 16 };

struct ours {
    int port[SOCKETS_ROUND]; /* of our clients: a server that runs already
                                may have others */
    struct socket_info left[SOCKETS_ROUND];
    size_t n;
};

static int note_left(const struct socket_info *i, void *arg)
{
    struct ours *o = arg;

    for (size_t k = 0; k < SOCKETS_ROUND; k++)
        if (i->inode && address_port(&i->remote) == o->port[k] &&
            o->n < SOCKETS_ROUND) {
            o->left[o->n++] = *i;
            break;
        }
    return 0;
}

/* Wait until none is left; each that goes renews the deadline. */
static int sockets_left(struct context *c, struct ours *o)
{
    const struct subject *s = &c->subject;
    struct deadline d = wait_deadline(c);
    struct pause pause = { 0 };
    size_t least = SOCKETS_ROUND + 1;

    for (;;) {
        o->n = 0;
        if (subject_each_socket(s, SOCKDIAG_CONNECTED, note_left, o) < 0)
            return -1;
        if (o->n == 0 || (deadline_passed(d) && o->n >= least))
            return 0;
        if (o->n < least) {
            least = o->n;
            d = wait_deadline(c);
        }
        pause_until(&pause, d);
    }
}

static void sockets_return(struct context *c)
{
    struct ours o = { .n = 0 };
    struct snapshot now = { .n = 0 };

    if (!server_up(c) ||
        !simple_client_round(c, SOCKETS_ROUND, LEAVE_IN_ORDER, o.port))
        return;
    if (sockets_left(c, &o) < 0) {
        verdict_error(c->v, "sock_diag does not answer");
    } else if (o.n > 0 && server_ended(c)) {
        verdict_skip(c->v, "the server has ended");
    } else {
        (void)snapshot_take(&now, &c->subject, SNAPSHOT_FDS);
        judge_sockets(o.left, o.n, o.n, SOCKETS_ROUND, &now, c->v);
    }
    snapshot_free(&now);
}

static const struct test_case cases[] = {
    { "process/sockets-return", MUST, "no connected socket of the server stays",
      "RFC 9293 3.6", sockets_return, 0,
      "sock_diag: no socket of the server's port is in ESTABLISHED, "
      "CLOSE_WAIT or any other connected state and held by a process.",
      "A copy of the connected socket stays open in the parent or in another "
      "worker, so that no FIN is ever sent.",
      "Every process closes the connections that are not its own.", .holds = 16,
      .leaves_as_found = true },
};

const struct case_table process_sockets_cases = CASE_TABLE(cases);
