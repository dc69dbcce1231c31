/* SPDX-License-Identifier: MIT */
/* What a server has said, as a fact beside the verdict: often it names the
   cause itself ("pid file exists"). */
#ifndef SERVER_OUTPUT_H
#define SERVER_OUTPUT_H

#include "kit/context.h"

/* "it printed: ...", of its stderr or else its stdout, the last lines of it; or
   "it printed nothing". */
void server_output_tell(struct verdict *v, const struct subject *s);

/* "the server ended (status 1); it printed: ..." if it has ended. Of one that
   detached neither its status is known nor, as a rule, what it logs: then
   nothing is added unless it printed something. */
void server_output_tell_end(struct verdict *v, struct subject *s);

#endif
