/* SPDX-License-Identifier: MIT */
/* How far a protocol's file has been read. Inside protocol_*.c only. */
#ifndef PROTOCOL_READER_H
#define PROTOCOL_READER_H

#include "client/protocol.h"

/* The parts of a file, in the order in which they may stand. */
enum stage { STAGE_OPENING, STAGE_EXCHANGE, STAGE_BYE };

struct reader {
    struct protocol *p;
    const char *at, *end;
    const char *line; /* where it begins */
    unsigned number;  /* of the line, from 1; 0: one string alone */
    enum stage stage;
    bool greeted;
    bool token_sent; /* in the opening or in the exchange so far */
    bool token_sent_now, frame_sent;
    char *why;
    size_t size;
};

/* Say what is wrong at that byte. Returns -1. */
int reader_wrong(struct reader *r, const char *at, const char *form, ...)
    __attribute__((format(printf, 3, 4)));

/* Take a string, up to the closing quote, which is taken too; of a string
   alone, to the end. Its parts are added to the protocol. Returns 0, or -1
   after reader_wrong. */
int reader_string(struct reader *r, struct protocol_step *step);

#endif
