/* SPDX-License-Identifier: MIT */
/* How a server is made, told from what is there while clients are connected
   that was not there before. It decides what is skipped. */
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

/* While that many clients are connected and were served once; before is from
   when none was. *workers: the processes added since. With thousands of
   workers their number is read from one file. */
enum model model_of(struct subject *subject, const struct snapshot *before,
                    long clients, long *workers);

#endif
