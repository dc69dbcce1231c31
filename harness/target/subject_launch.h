/* SPDX-License-Identifier: MIT */
/* Start a subject and see it listen, or attach to one that runs. */
#ifndef SUBJECT_LAUNCH_H
#define SUBJECT_LAUNCH_H

#include "target/subject.h"

enum subject_up {
    SUBJECT_UP,     /* it listens */
    SUBJECT_DIED,   /* it ended or never listened: the target's doing, exit 3 */
    SUBJECT_TROUBLE /* the harness could not start anything, exit 4 */
};

/* How a start differs from the defined one (spawn.h); all zero: not at all. */
struct subject_how {
    const char *ip, *port;      /* told to the command instead of where it is
                                   expected to listen; NULL: the same */
    bool no_address;            /* the address is left out */
    int (*pre_exec)(void *arg); /* runs in the child last of all before exec:
                                0, or -1 with errno; NULL: nothing */
    void *arg;
    const struct subject *again; /* another start of the same command, whose
                                    {dir} is this one's, too, with what was left
                                    there; NULL: an empty one of its own */
};

/* Start it, without waiting: SUBJECT_UP says only that the command runs. port:
   where it is expected to listen, and what {port} stands for. how may be NULL.
   subject_free in every case; s->why says what else happened. */
enum subject_up subject_launch(struct subject *s, const struct target *t,
                               struct sandbox *sandbox, int port,
                               const struct subject_how *how);
/* Wait until it listens where it was asked to; SUBJECT_DIED if it ended or the
   deadline passed. */
enum subject_up subject_wait(struct subject *s, struct deadline d);
/* subject_launch and subject_wait. */
enum subject_up subject_start(struct subject *s, const struct target *t,
                              struct sandbox *sandbox, int port,
                              struct deadline d);

/* Look at a server that runs already; it is never signalled. */
enum subject_up subject_attach(struct subject *s, const struct target *t,
                               struct sandbox *sandbox);

/* Close and free. No process is ended: the sandbox does that. */
void subject_free(struct subject *s);
/* Free to, and let it be what from was; from is empty then. */
void subject_move(struct subject *to, struct subject *from);

/* Those of this process that were launched, or attached to, and are not freed.
   Returns how many there are, of which out gets the first SUBJECTS_LIVE. A
   subject does not move in memory meanwhile, except by subject_move. */
enum { SUBJECTS_LIVE = 4 };
size_t subjects_live(const struct subject *out[SUBJECTS_LIVE]);

#endif
