/* SPDX-License-Identifier: MIT */
/* echo/: one message, of one length or another, there and back. */
#include "cases/echo/echo.h"

#include <stdint.h>

enum { EACH_UP_TO = 2100, LONGEST = 32768, ENOUGH_MS = 8000 };

static void one_frame(struct context *c)
{
    int fd;

    if (!server_up(c) || (fd = client_open(c)) < 0)
        return;
    if (echo_frame(c, fd, 0, 0))
        verdict_pass(c->v);
    conn_close(fd);
}

static void fixtures(struct context *c)
{
    const struct plan *p = c->plan;
    bool good = true;
    int fd;

    if (!server_up(c) || (fd = client_open(c)) < 0)
        return;
    for (uint32_t i = 0; i < p->nfixtures && good; i++) {
        good = exchange_bytes(fd, p->fixtures + (size_t)i * FRAME_BYTES,
                              FRAME_BYTES, wait_deadline(c), c->v);
        if (!good)
            verdict_fact(c->v,
                         "frame %u of %u, by the order of the files' names",
                         i + 1, p->nfixtures);
    }
    if (good)
        verdict_pass(c->v);
    conn_close(fd);
}

/* A short message after a long one: if the reply has the length of a buffer,
   what is left of the long one follows. The frame after both shows by its place
   in the stream that nothing stands between. */
static bool short_after_long(struct context *c, int fd, size_t longer,
                             size_t shorter)
{
    unsigned char text[1024];
    struct verdict *v = c->v;

    exchange_text(text, sizeof text, c->seed + longer);
    if (!exchange_bytes(fd, text, longer, wait_deadline(c), v) ||
        !exchange_bytes(fd, text + 7, shorter, wait_deadline(c), v))
        return false;
    if (echo_frame(c, fd, 0, (uint32_t)shorter))
        return true;
    verdict_fact(v,
                 "%zu bytes had come back, then %zu; the frame was sent "
                 "after those",
                 longer, shorter);
    return false;
}

static void short_message(struct context *c)
{
    static const size_t lengths[][2] = { { 997, 13 }, { 65, 1 }, { 333, 61 } };

    if (!server_up(c))
        return;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        int fd = client_open(c);
        bool good;

        if (fd < 0)
            return;
        good = short_after_long(c, fd, lengths[i][0], lengths[i][1]);
        conn_close(fd);
        if (!good)
            return;
    }
    verdict_pass(c->v);
}

static void one_byte(struct context *c)
{
    int fd;

    if (!server_up(c) || (fd = client_open(c)) < 0)
        return;
    if (exchange_bytes(fd, "e", 1, wait_deadline(c), c->v))
        verdict_pass(c->v);
    conn_close(fd);
}

static void odd_sizes(struct context *c)
{
    static const size_t lengths[] = { 1,    63,   64,   65,    127,   128,  129,
                                      4095, 4096, 4097, 65535, 65536, 65537 };
    static unsigned char text[65537];
    bool good = true;
    int fd;

    if (!server_up(c) || (fd = client_open(c)) < 0)
        return;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths && good; i++) {
        exchange_text(text, lengths[i], c->seed + i);
        good = exchange_bytes(fd, text, lengths[i], wait_deadline(c), c->v);
    }
    if (good)
        verdict_pass(c->v);
    conn_close(fd);
}

/* Up to what buffers of decimal sizes hold, each length; of the longer ones
   those at an edge. 0: there is none. */
static size_t length_of(size_t i)
{
    static const size_t edges[] = { 4000,  5000,  8000,  10000,
                                    16000, 16384, 20000, LONGEST };
    size_t most = 3 * (sizeof edges / sizeof *edges);

    if (i < EACH_UP_TO)
        return i + 1;
    i -= EACH_UP_TO;
    return i < most ? edges[i / 3] + i % 3 - 1 : 0;
}

static void every_length(struct context *c)
{
    static unsigned char text[LONGEST + 1];
    struct deadline enough = deadline_in(ENOUGH_MS);
    bool good = true;
    size_t n;
    int fd;

    if (!server_up(c) || (fd = client_open(c)) < 0)
        return;
    exchange_text(text, sizeof text, c->seed);
    for (size_t i = 0; good && (n = length_of(i)) != 0; i++) {
        if (deadline_passed(enough)) {
            verdict_skip(c->v,
                         "all messages of 1 to %zu bytes came back, and "
                         "that took %d s",
                         length_of(i - 1), ENOUGH_MS / 1000);
            break;
        }
        /* No two begin alike: what is left of one is not taken for another. */
        good = exchange_bytes(fd, text + i % (sizeof text - n + 1), n,
                              wait_deadline(c), c->v);
        if (!good)
            verdict_fact(c->v, "all messages of 1 to %zu bytes had come back",
                         length_of(i - (i > 0)) - (i == 0));
    }
    if (good)
        verdict_pass(c->v);
    conn_close(fd);
}

static const struct test_case cases[] = {
    { "echo/one-frame", MUST, "one 64-byte frame comes back byte for byte",
      "RFC 862", one_frame, 0,
      "One connection, one stamped frame, its echo compared.",
      "recv(fd, buf, sizeof buf, 0) without a look at its result.",
      "Send back as many bytes as recv returned, in a loop.",
      .silent_too = true, .leaves_as_found = true },
    { "echo/fixtures", MUST,
      "every fixture frame comes back: NULs, 0xFF, all 256 values, UTF-8, "
      "escape codes, format strings",
      "RFC 862", fixtures, 0,
      "Each frame of the fixtures (-f) there and back on one connection.",
      "write(fd, buf, strlen(buf)) or printf(buf): bytes are taken for a "
      "string, and a NUL ends it.",
      "Treat what recv returned as bytes with a length.",
      .leaves_as_found = true },
    { "echo/short-message", MUST,
      "a message shorter than a frame comes back at its own length, and no "
      "byte of a longer one before it follows",
      "RFC 862", short_message, 0,
      "A message of 65 to 997 bytes, then one of 1 to 61, then a frame: the "
      "echo of the frame must stand right behind that of the short message.",
      "send(fd, buf, sizeof buf, 0) after recv: the reply has the buffer's "
      "length, and its tail the bytes of an earlier message.",
      "Send as many bytes as recv returned: send(fd, buf, n, 0), in a loop.",
      .leaves_as_found = true },
    { "echo/one-byte", MUST, "one byte comes back", "RFC 862", one_byte, 0,
      "One byte, no newline, is sent; it must come back alone.",
      "recv(fd, buf, 64, MSG_WAITALL), or fgets: the server waits for a frame "
      "or a line that never gets whole.",
      "Answer what recv returned, however little.", .leaves_as_found = true },
    { "echo/odd-sizes", MUST,
      "messages of 1, 63, 64, 65, 127, 128, 129, 4095, 4096, 4097, 65535, "
      "65536, 65537 bytes come back",
      "RFC 862", odd_sizes, 0,
      "Messages of these lengths, one after another, on one connection.",
      "A loop over whole words or whole buffers; an end at n < sizeof buf.",
      "Send exactly the n bytes that recv returned.", .leaves_as_found = true },
    { "echo/every-length", MUST,
      "messages of every length from 1 to 2,100 come back, and longer ones",
      "RFC 862", every_length, 100,
      "One after another, each awaited before the next is sent: of 1 to 2,100 "
      "bytes, and of 4,000, 5,000, 8,000, 10,000, 16,000, 16,384, 20,000 and "
      "32,768 bytes, one less and one more.",
      "A read that fills the buffer is taken for a part of more: the server "
      "reads on, and waits for what never comes.",
      "Answer what recv returned; whether more follows, the next recv tells.",
      .leaves_as_found = true },
};

const struct case_table echo_messages_cases = CASE_TABLE(cases);
