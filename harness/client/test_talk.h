/* SPDX-License-Identifier: MIT */
/* Dialogues over a pair of sockets that do not block; the test is the server.
   What it sends is there at once, so that nothing here waits. */
#ifndef TEST_TALK_H
#define TEST_TALK_H

#include "base/check.h"
#include "client/protocol_file.h"
#include "client/talk.h"

#include <unistd.h>

static const struct frame_stamp stamp = { 77, 5, 0, 1 };

/* One client and its server. */
static struct protocol protocol;
static struct talk t;
static int server = -1;

/* Another dialogue, by that file. */
static inline void meet(const char *file)
{
    struct address to;
    char why[256] = "";
    int pair[2];

    if (server >= 0) {
        close(server);
        close(t.fd);
    }
    CHECK_INT(
        protocol_parse(&protocol, "test", file, strlen(file), why, sizeof why),
        0);
    CHECK_STR(why, "");
    CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
    CHECK_INT(address_parse(&to, "127.0.0.1", 7), 0);
    talk_init(&t, &protocol, &stamp);
    talk_on(&t, pair[0], &to);
    server = pair[1];
}

static inline void say_bytes(const void *bytes, size_t n)
{
    CHECK_INT(send(server, bytes, n, MSG_NOSIGNAL), n);
}

static inline void say(const char *text)
{
    say_bytes(text, strlen(text));
}

/* What the client has sent since. */
static inline const char *heard(void)
{
    static char text[4096];
    ssize_t n = recv(server, text, sizeof text - 1, 0);

    text[n < 0 ? 0 : n] = '\0';
    return text;
}

static inline const char *described(void)
{
    static char text[512];

    talk_describe(&t, text, sizeof text);
    return text;
}

/* The whole transcript, "> sent< came". */
static inline const char *transcript(void)
{
    static char text[2048];
    const unsigned char *bytes;
    size_t at = 0, n;
    bool sent;

    text[0] = '\0';
    for (size_t i = 0; talk_transcript(&t, i, &sent, &bytes, &n); i++)
        at += (size_t)sprintf(text + at, "%s%c%.*s", i ? "|" : "",
                              sent ? '>' : '<', (int)n, (const char *)bytes);
    return text;
}

static inline const char *token_of(uint32_t client, uint32_t sequence)
{
    static char letters[TOKEN_LETTERS + 1];
    const struct frame_stamp s = { stamp.seed, client, sequence, stamp.round };

    token_fill(letters, &s);
    return letters;
}

#endif
