/* SPDX-License-Identifier: MIT */
/* What the cases before this one, on the same server, have shown of it: how
   many clients it served, and what it held at rest between them. A case that
   asks for no more than that need not send as many again. It shows only that
   nothing has changed: what has is looked at by its own case. Without cases
   before (context.shown is NULL) nothing is noted, and nothing shown.

   Not shown is what memory it holds: what others have freed before is room in
   which a leak hides. Nor what one kind of client leaves, where another kind
   came between them and the look: they may heal it. */
#ifndef SHOWN_H
#define SHOWN_H

#include "kit/context.h"

enum { SHOWN_LOOKS = 8 };

struct shown_look {
    size_t
        clients; /* that had come, been served and left in order until then */
    struct snapshot at_rest;
};

struct shown {
    size_t clients; /* likewise, so far */
    struct shown_look look[SHOWN_LOOKS];
    size_t n;
    size_t at_once; /* so many were served twice while all were connected */
    size_t owed;    /* so many have reset while much was owed to them, which
                       they had not read */
};

/* So many more have come, were served, and left in order. */
void shown_leave(struct context *c, size_t n);
/* So many were served at the same time, and then once more. */
void shown_at_once(struct context *c, size_t n);
/* So many more have reset while much was owed to them. */
void shown_reset(struct context *c, size_t n);
size_t shown_owed(const struct context *c);
/* Look at it, if it rests within ms. Decides nothing. */
void shown_look(struct context *c, double ms);

/* Two looks: before the first at least so many clients had left, between it and
   the second as many as clients says. False: there are none. */
bool shown_between(const struct context *c, size_t before, size_t clients,
                   const struct shown_look **first,
                   const struct shown_look **second);

/* True if it sleeps within ms, no socket of it is connected, nothing waits in
   its queue, and it holds no more than in before (NULL: whatever it holds). now
   is the last look; snapshot_free in either case. */
bool server_rests(struct context *c, const struct snapshot *before, double ms,
                  struct snapshot *now);

void shown_free(struct shown *s);

#endif
