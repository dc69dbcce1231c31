/* SPDX-License-Identifier: MIT */
/* Which protocol a server speaks that was taken for one of another. */
#ifndef GUESS_H
#define GUESS_H

#include "client/talk.h"

/* The built-in protocol that begins a server's words so, or NULL. */
const char *guess_of_bytes(const unsigned char *bytes, size_t n);
/* Likewise of what t was sent, unless that is the protocol that t speaks. */
const char *guess_of_talk(const struct talk *t);

#endif
