/* SPDX-License-Identifier: MIT */
/* How a server handles its connections, told from what is there while clients
   are connected and was not there before. It decides which cases are
   skipped. */
#ifndef MODEL_H
#define MODEL_H

#include "target/snapshot.h"

enum model {
    MODEL_UNKNOWN,
    MODEL_FORK,
    MODEL_EXEC,
    MODEL_PREFORK,
    MODEL_THREADS,
    MODEL_EVENT_LOOP
};

const char *model_name(enum model model);

/* Call it while so many clients are connected and have been served once; before
   was taken when there was none. *workers: the processes added since; where
   there are thousands, their number is read from one file. */
enum model model_of(struct subject *subject, const struct snapshot *before,
                    long clients, long *workers);

#endif
