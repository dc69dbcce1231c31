/* SPDX-License-Identifier: MIT */
/* One judge for each requirement that two kinds of run look at: a case with a
   few clients, and a crowd of any size. The caller hands in what was seen, and
   a failure is told in the same words for both. A judge looks at the machine
   only to describe a process that it names. */
#ifndef JUDGE_REQUIREMENT_H
#define JUDGE_REQUIREMENT_H

#include "base/deadline.h"
#include "base/frame.h"
#include "client/talk.h"
#include "network/sockdiag.h"
#include "result/verdict.h"
#include "target/snapshot.h"

/* ---- what is left once clients have left ---- */

/* Two equal rounds of clients, after the server had clients before. What has
   grown in the first must grow again in the second: a pool may still grow
   once. */
struct rounds_seen {
    const struct subject *subject;
    unsigned clients;                      /* of a round */
    const char *who;                       /* "clients", "clients that reset" */
    struct growth growth, again;           /* in the first round, in the
                                              second */
    const struct snapshot *before, *after; /* the second round */
};

/* process/workers-exit. */
void judge_workers(const struct rounds_seen *r, struct verdict *v);
/* process/fds-return, process/fds-after-resets. */
void judge_fds(const struct rounds_seen *r, struct verdict *v);
/* True if the server's own descriptors were seen. False: decided (skip): they
   are not ours to see. */
bool judge_sees_fds(const struct subject *s, const struct snapshot *at_rest,
                    struct verdict *v);
/* process/no-zombies: these zombies have stayed. after says since when: "after
   its clients left,". */
void judge_zombies(const struct pid_list *zombies, const char *after,
                   const struct subject *s, struct verdict *v);
/* process/sockets-return: after so many clients n connections are still open.
   left has the first nleft of them; now (or NULL) shows who holds them. */
void judge_sockets(const struct socket_info *left, size_t nleft, size_t n,
                   size_t clients, const struct snapshot *now,
                   struct verdict *v);

/* ---- service ---- */

enum { UNSERVED_KINDS = 8, UNSERVED_TEXT = 96 };

/* Why clients were not served: each reason once. All zero: none yet. */
struct unserved {
    size_t n; /* clients, also those whose reason found no room */
    size_t nkinds;
    struct {
        char why[UNSERVED_TEXT];
        size_t n, first; /* clients, and the first of them, from 0 */
    } kind[UNSERVED_KINDS];
};

void unserved_add(struct unserved *u, size_t client, const char *why);
/* A fact for each reason. */
void unserved_tell(const struct unserved *u, struct verdict *v);
/* load/concurrent-clients and others that ask the same, if u->n > 0: of so many
   clients at once served had their frame number frame (from 1) back. v
   fails. */
void judge_unserved(const struct unserved *u, size_t clients, size_t served,
                    unsigned frame, bool ended, struct verdict *v);

/* load/own-bytes: some of the clients got wrong bytes. */
void judge_wrong_bytes(size_t wrong, size_t clients, struct verdict *v);
enum bytes_owner {
    OWNER_UNKNOWN, /* no whole frame is in them */
    OWNER_ITSELF,
    OWNER_ANOTHER /* another client, round or run */
};

/* Whose frame stands in the n bytes that came back for the frame mine, at
   whatever offset: the first one of another owner, else the first of its own. A
   fact says so. */
enum bytes_owner judge_owner(const struct frame_stamp *mine,
                             const unsigned char *got, size_t n,
                             struct verdict *v);

/* lifecycle/still-serving and all that end by asking for one more client: it
   was not served. why says what came instead, after what it came after: "after
   the reset". */
void judge_not_served(const char *after, const char *why, bool ended,
                      struct verdict *v);

/* load/overlap: clients that came as others left. */
struct overlap_seen {
    uint32_t clients, served;
    int at_a_time;
    const struct talk *failed; /* the first that was not served, or with other
                                  bytes than its own; NULL: none */
    bool late;                 /* all would have taken too long: took */
    char took[BUDGET_TEXT];
    int lack; /* errno, where the harness had no socket */
};
/* One was visibly turned away, under another protocol than echo: how many come
   in at a time is the server's own affair, if it lives. */
bool overlap_refused(const struct overlap_seen *seen);
void judge_overlap(const struct overlap_seen *seen, bool ended,
                   struct verdict *v);

#endif
