/* SPDX-License-Identifier: MIT */
/* One client on one connection, and how far its dialogue has come. It goes on
   as far as the socket allows: on one that does not block talk_go returns where
   it would, on one that blocks it waits. Nothing here has a deadline
   (talk_wait.h has), and nothing decides a verdict. Libc alone: the crowd is
   made of these.

   Where an answer is a frame, so many bytes are read and no more. All others
   are found wherever they stand in what comes, and what follows a match is read
   and dropped before the next step.

   Another client's token is foreign at once, wherever it comes. That of another
   exchange of one's own is so only where the awaited one does not come: a
   server may name an exchange twice, or call a client by the name with which it
   has opened its connection. */
#ifndef TALK_H
#define TALK_H

#include "client/protocol.h"

#include <poll.h>

enum {
    TALK_READ = 4 * PROTOCOL_STRING, /* a frame may have as many bytes */
    TALK_MOST = 8 << 20, /* so much text without the answer has no end */
    TALK_LOG = 768
};

enum talk_state { TALK_GOING, TALK_DONE, TALK_ENDED };

enum talk_trouble {
    TALK_FINE,
    TALK_UNCONNECTED, /* error says why */
    TALK_SEND_FAILED, /* likewise */
    TALK_RECV_FAILED, /* likewise */
    TALK_FIN,         /* before the whole answer */
    TALK_SILENT,      /* the deadline passed: talk_wait.h */
    TALK_ENDLESS,     /* TALK_MOST bytes without the answer */
    TALK_WRONG,       /* as many bytes, and others */
    TALK_FOREIGN      /* the token of another exchange: whose */
};

struct talk {
    int fd;             /* -1: not connected */
    int from;           /* what comes is read from here; -1: from fd */
    struct speaker who; /* the stamp is that of the exchange under way */
    const unsigned char *frame; /* what stands for {frame}: nframe bytes, at
                                   most TALK_READ; kept by the caller */
    size_t nframe;
    size_t hold;   /* not 0: of the exchange's first string so many bytes are
                      sent, and the rest when it is 0 again */
    size_t enough; /* not 0: so many bytes of a frame are an answer, whatever
                      they are, and fewer if then nothing comes */
    uint8_t step;
    bool under_way; /* an exchange is */
    bool used;      /* an exchange was begun on this connection */
    bool matched;   /* an answer has come on this connection */
    bool ahead;     /* what this exchange sends was sent before */
    bool rendered;  /* this step has begun: out holds what it sends or awaits,
                       unless that is a frame */
    uint8_t trouble;
    int error;                /* errno of the trouble */
    struct frame_stamp whose; /* of TALK_FOREIGN */
    uint64_t moved;           /* bytes sent and received: shows progress */
    uint32_t *tally;          /* those received are added here, too; or NULL */
    size_t nout, sent;        /* of out */
    size_t nin;               /* bytes that came, not yet matched */
    size_t came;              /* bytes that came for this exchange */
    uint16_t nlog;
    bool log_full;
    unsigned char stamped[FRAME_BYTES];
    /* A client of echo writes to the beginning of in alone: it is forked five
       hundred times, and what it writes beside this has to be paid for. */
    unsigned char in[TALK_READ];
    unsigned char out[PROTOCOL_STRING];
    unsigned char log[TALK_LOG]; /* of all protocols but echo: see
                                    talk_transcript */
};

/* No connection yet; stamp says whose seed, client and round. */
void talk_init(struct talk *t, const struct protocol *p,
               const struct frame_stamp *stamp);
/* From now on it talks on fd, which is connected to `to`. */
void talk_on(struct talk *t, int fd, const struct address *to);

/* The opening alone comes next: talk_go is done when it is through. */
void talk_open(struct talk *t);
/* Exchange number sequence comes next, after the opening where that was not
   held. A frame stamped so, or these bytes. */
void talk_begin(struct talk *t, uint32_t sequence);
void talk_begin_with(struct talk *t, uint32_t sequence,
                     const unsigned char *frame, size_t nframe);
/* After talk_begin: hold the exchange's first string after its first half, in
   the middle of its token where it has one, or after n bytes of it. */
void talk_hold_half(struct talk *t);
void talk_hold_in_token(struct talk *t);
void talk_hold(struct talk *t, size_t n);
bool talk_is_held(const struct talk *t); /* so far, and no further */
/* Go on as far as possible. TALK_ENDED: trouble says by what. */
enum talk_state talk_go(struct talk *t);
/* Say what can be said now, on a socket that blocks: what comes first is
   awaited, and no answer. */
void talk_say(struct talk *t);
/* What to poll(2) after TALK_GOING, and for what. */
struct pollfd talk_poll(const struct talk *t);
/* Nothing came for too long: the exchange is over, TALK_DONE if enough came. */
enum talk_state talk_give_up(struct talk *t);

/* Nothing came for too long, and the token of another exchange came instead of
   what is awaited: then that is the trouble, TALK_FOREIGN. */
bool talk_is_mistaken(struct talk *t);

/* All that exchange number sequence sends, in one piece, into bytes (size
   PROTOCOL_STRING at least); of a protocol in lockstep what it sends before it
   awaits. Returns its length. */
size_t talk_request(const struct talk *t, uint32_t sequence,
                    unsigned char *bytes, size_t size);
/* Fill a piece of what floods a server: whole requests from number *sequence
   on, which becomes that of the next. Returns its length: 0 of echo, to which
   all bytes are a request. */
size_t talk_flood(const struct talk *t, uint32_t *sequence,
                  unsigned char *piece, size_t size);
/* Exchange number sequence comes next, of which all was sent before. */
void talk_begin_sent(struct talk *t, uint32_t sequence);

/* Read what is there and drop it; a flood is not read to its end. */
void talk_drain(struct talk *t);
/* Before an orderly leave: where one exchange is all that a connection is good
   for, its server closes it, and until then what follows the answer is read. A
   close(2) before that would send RST. One that waits for its client's FIN is
   sent that; either wait ends once nothing comes. */
void talk_read_out(struct talk *t);

/* In one line what came instead of the answer: "0 of 64 bytes came back, then
   FIN"; "no \"+PONG\\r\\n\", but FIN after \"-ERR\"". */
void talk_describe(const struct talk *t, char *text, size_t size);
/* What the trouble was, in a word: "FIN", "RST", "silence". */
const char *talk_ended_by(const struct talk *t);
/* Another daemon than one of echo ended the connection, or let none be made:
   how many it takes at a time is its own affair. */
bool talk_was_turned_away(const struct talk *t);
/* Entry number i of the transcript of this exchange (and of the opening, if
   this is the first): whether it was sent, and its bytes. False: there is
   none. */
bool talk_transcript(const struct talk *t, size_t i, bool *sent,
                     const unsigned char **bytes, size_t *n);

#endif
