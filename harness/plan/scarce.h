/* SPDX-License-Identifier: MIT */
/* A server that could not start a process, because the machine had none left,
   shows what a wrong one shows. So before a failure is stated it is asked
   whether there was room; where there was not, nothing can be said. */
#ifndef SCARCE_H
#define SCARCE_H

#include "result/verdict.h"

struct scarce {
    long refusals;   /* of control groups, at the beginning */
    char which[512]; /* the limit that was reached; "": none */
};

/* Before anything is started that is to be judged. */
void scarce_begin(struct scarce *s);
/* Look now. Of RLIMIT_NPROC nothing stays behind: only while what was started
   still runs can it be seen to be reached. */
void scarce_look(struct scarce *s);
/* A fork(2) of ours has failed for lack of room. */
void scarce_refused(struct scarce *s);
/* So many descriptors in one process: no room, if what this process passes on
   to those it starts allows fewer. */
void scarce_look_files(struct scarce *s, long need);
/* Let v, just initialised, look whenever it fails. */
void scarce_watch(struct scarce *s, struct verdict *v);
/* True if a look has found no room, or finds none now. why then names the
   limit, in one line. */
bool scarce_was(struct scarce *s, char *why, size_t size);
/* A failure or an error of v is an error that names the limit, where there was
   no room. */
void scarce_error(struct scarce *s, struct verdict *v);

#endif
