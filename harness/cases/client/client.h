/* SPDX-License-Identifier: MIT */
/* What the files of the client/ family share. A case looks at its own
   requirement alone: a client that ignores the end of its input may still know
   `quit`, and one whose prompt stays in a buffer may still send its line. So a
   line counts as sent once it is at the peer, and as printed once it is seen or
   the client has ended. */
#ifndef CLIENT_H
#define CLIENT_H

#include "kit/context.h"
#include "session/client_session.h"

#define CLIENT_PROMPT "client > "
#define CLIENT_REPLY "recv from server : "

enum { CLIENT_FRAME = 64, CLIENT_UNSEEN = -1 };

/* Start it; how may be NULL: pipes and a server that echoes. false: decided
   (error, since it did start before; skip where there is no terminal).
   session_end in either case. */
bool client_begin(struct context *c, struct session *d,
                  const struct session_how *how);

/* Wait until it has connected, unless it does that only for its first line, and
   is at rest: what it may send before that line has come by then, and was
   echoed. */
void client_ready(struct session *d);

/* Type text and wait until the peer has got it, at or after byte *at of what it
   gets; *at is then behind it. Decides nothing. */
enum met client_type(struct session *d, const char *text, size_t *at);
/* Likewise, but nothing is typed. */
enum met client_await(struct session *d, const char *text, size_t *at);
/* As client_type, for a case that needs this line sent before it can look at
   its requirement. false: decided (skip). */
bool client_needs(struct context *c, struct session *d, const char *text,
                  size_t *at);
/* Likewise, and the reply has been read. false: decided (skip). */
bool client_needs_reply(struct context *c, struct session *d, const char *text,
                        size_t *at);
/* Likewise, for a case about this line. false: decided (fail). */
bool client_sends(struct context *c, struct session *d, const char *text,
                  size_t *at);
/* Judge what the wait for such a line came to. false: decided (fail). */
bool client_was_sent(struct context *c, struct session *d, const char *text,
                     enum met met);

/* Type `quit`, end the input, and wait until the client has printed the n bytes
   of text or has ended: at its end what waits in a buffer is printed too.
   false: decided (fail). */
bool client_prints(struct context *c, struct session *d, const void *text,
                   size_t n);

/* It must end by itself, within the deadline and, if asks, without asking for
   another line; not by a signal, with a status that is not 0 and a message on
   stderr. after says after what, e.g. "after the reset". false: decided (fail),
   true: nothing is. */
bool client_reports(struct context *c, struct session *d, const char *after,
                    bool asks);

/* It has ended with status 0. false: decided (fail). */
bool client_ends_well(struct context *c, struct session *d, const char *after);

/* The verdict fails, with the session as evidence: what was seen, as printf,
   after what was expected. Always false. */
bool client_fails(struct context *c, struct session *d, const char *expected,
                  const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* The length of the message at byte at of what the peer got, which must be text
   alone or padded with NULs to a frame; 0: it is not that. */
size_t client_message(const struct session *d, size_t at, const char *text);
/* A copy of all that the peer got, without its NULs. */
void client_text(const struct session *d, struct bytes *out);

/* Let the timers that process pid holds as descriptors expire now. Returns the
   seconds that the longest had left; 0: none was armed; CLIENT_UNSEEN: there is
   one, and it is not ours to copy. */
double client_ring(pid_t pid);

/* The cases of each file. */
extern const struct case_table client_screen_cases, client_lines_cases,
    client_end_cases, client_server_cases, client_signals_cases,
    client_output_cases, client_wait_cases, client_start_cases,
    client_unasked_cases;

#endif
