/* SPDX-License-Identifier: MIT */
/* The exchanges before anything is judged: does the server speak that protocol
   at all? A wrong file must not become verdicts on it. */
#ifndef TALK_FIRST_H
#define TALK_FIRST_H

#include "client/talk.h"

/* Connect t, and hold an exchange; a second one where a connection is said to
   bear it. Each wait may take ms. False: why says what came instead, in one
   line. The connection stays, if there is one. Echo is not asked: that has a
   case of its own. */
bool talk_first(struct talk *t, const struct address *to, double ms, char *why,
                size_t size);

/* What both have said, in lines, and behind it what the server printed, which
   is freed; allocated. NULL: no memory. */
char *talk_first_told(const struct talk *t, char *printed);

/* What to try next, allocated; NULL: nothing is known, or no memory. */
char *talk_first_hint(const struct talk *t);

#endif
