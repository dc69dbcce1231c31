/* SPDX-License-Identifier: MIT */
/* What a client says to a server, and what it awaits: an opening, an exchange
   that can be repeated, and a word before it leaves. Echo is such a protocol,
   too: a frame is sent, and the same frame awaited.

   The struct is flat, without a pointer, since the crowd finds it in the memory
   that it shares with the harness; libc alone is needed here. */
#ifndef PROTOCOL_H
#define PROTOCOL_H

#include "base/address.h"
#include "base/frame.h"

enum {
    PROTOCOL_STEPS = 48,      /* of opening and exchange together */
    PROTOCOL_PARTS = 192,     /* literals and placeholders of all strings */
    PROTOCOL_LITERALS = 8192, /* bytes of all literals */
    PROTOCOL_STRING = 2048,   /* bytes of one string, its placeholders filled */
    PROTOCOL_NAME = 64,
    TOKEN_LETTERS = 16
};

enum protocol_part_kind {
    PART_LITERAL,
    PART_TOKEN, /* TOKEN_LETTERS lower-case letters: whose exchange it is */
    PART_FRAME, /* what a client of echo sends: see struct payload */
    PART_IP,
    PART_PORT
};

struct protocol_part {
    uint8_t kind;
    uint16_t at, n; /* of a literal, in literals */
};

struct protocol_step {
    bool sends;       /* else it awaits */
    uint8_t first, n; /* its parts */
    bool has_token;   /* one of them is PART_TOKEN */
    bool is_frame;    /* PART_FRAME is all that it has */
};

struct protocol {
    char name[PROTOCOL_NAME];
    bool once;       /* one exchange a connection, whoever closes then */
    bool lockstep;   /* a request is never sent before the last answer */
    bool echo;       /* what is sent is what is awaited, byte for byte */
    bool own;        /* the exchange's answer shows whose it is: a frame, or a
                        token that was sent in the same exchange */
    uint8_t opening; /* steps before the first exchange: 0 .. opening - 1 */
    uint8_t steps;   /* opening .. steps - 1 are the exchange */
    uint8_t nparts;
    uint16_t nliterals;
    bool has_bye;
    struct protocol_step bye;
    struct protocol_step step[PROTOCOL_STEPS];
    struct protocol_part part[PROTOCOL_PARTS];
    unsigned char literals[PROTOCOL_LITERALS];
};

/* Who speaks, and what stands for PART_FRAME: n bytes. */
struct speaker {
    const struct protocol *protocol;
    struct address to;
    struct frame_stamp stamp; /* its sequence is the exchange's number */
};

/* Write the string of a step into text, PROTOCOL_STRING bytes; frame, of
   nframe bytes, stands for PART_FRAME. Returns its length. */
size_t protocol_string(const struct speaker *s,
                       const struct protocol_step *step,
                       const unsigned char *frame, size_t nframe,
                       unsigned char *text);

/* How many bytes of an exchange are what was awaited. */
size_t protocol_answer_bytes(const struct speaker *s);

/* The longest string of that step: what a search for it has to keep. */
size_t protocol_longest(const struct protocol *p,
                        const struct protocol_step *step);

/* The letters that name this stamp: its client, sequence and round, each modulo
   2^24, 2^24 and 2^8; others for each seed. No zero follows them. */
void token_fill(char letters[TOKEN_LETTERS], const struct frame_stamp *s);
/* Read them back, for a run of that seed. False if these letters are none of
   its tokens. */
bool token_read(const char letters[TOKEN_LETTERS], uint64_t seed,
                struct frame_stamp *s);
/* Find in n bytes a token of that seed that is of another client or round than
   s; with any_exchange also one of another exchange of s's. False: there is
   none. */
bool token_foreign(const unsigned char *bytes, size_t n,
                   const struct frame_stamp *s, bool any_exchange,
                   struct frame_stamp *whose);

#endif
