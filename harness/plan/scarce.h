/* SPDX-License-Identifier: MIT */
/* A server that could not start a process, because the machine had none left,
   looks like a wrong one. So before a failure is stated, it is asked whether
   there was room; if there was not, the verdict is an error. */
#ifndef SCARCE_H
#define SCARCE_H

#include "result/verdict.h"

struct scarce {
    long refusals;   /* of control groups, at the beginning */
    char which[512]; /* the limit that was reached; "": none */
};

/* Before anything is started that is to be judged. */
void scarce_begin(struct scarce *s);
/* Look now. RLIMIT_NPROC leaves no trace: that it was reached can be seen only
   while what was started still runs. */
void scarce_look(struct scarce *s);
/* A fork(2) of ours has failed for lack of room. */
void scarce_refused(struct scarce *s);
/* There was no room if the limit of descriptors that this process passes on to
   those it starts is below need. */
void scarce_look_files(struct scarce *s, long need);
/* Make v, just initialised, look whenever it fails. */
void scarce_watch(struct scarce *s, struct verdict *v);
/* True if a look has found no room, or finds none now. why then names the
   limit, in one line. */
bool scarce_was(struct scarce *s, char *why, size_t size);
/* If there was no room, a failure or an error of v becomes an error that names
   the limit. */
void scarce_error(struct scarce *s, struct verdict *v);

#endif
