/* SPDX-License-Identifier: MIT */
/* echo/: what comes back on one connection. */
#include "context.h"

static void one_frame(struct context *c, struct verdict *v)
{
    int fd;

    if (!server_up(c) || (fd = client_open(c)) < 0)
        return;
    if (client_echo(c, fd, 0, 0))
        verdict_pass(v);
    conn_close(fd);
}

/* The short one after the long one: what is left of that in a buffer follows
   it if the reply has the buffer's length. */
static void short_message(struct context *c, struct verdict *v)
{
    static const size_t lengths[][2] = { { 997, 13 }, { 65, 1 }, { 333, 61 } };
    unsigned char text[1024];

    if (!server_up(c))
        return;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        int fd = client_open(c);
        bool good;

        if (fd < 0)
            return;
        exchange_text(text, sizeof text, c->seed + i);
        good = exchange_bytes(fd, text, lengths[i][0], wait_deadline(c), v) &&
               exchange_bytes(fd, text + 7, lengths[i][1], wait_deadline(c),
                              v) && exchange_end(fd, wait_deadline(c), v);
        conn_close(fd);
        if (!good)
            return;
    }
    verdict_pass(v);
}

static const struct test_case cases[] = {
    { "echo/one-frame", MUST,
      "one 64-byte frame comes back byte for byte",
      "RFC 862", one_frame, 0,
      "One connection, one stamped frame, its echo compared.",
      "write(fd, buf, strlen(buf)): a frame is bytes, not a string.",
      "Send back as many bytes as recv returned, in a loop." },
    { "echo/short-message", MUST,
      "a message shorter than a frame comes back at its own length",
      "RFC 862", short_message, 0,
      "A message of 65 to 997 bytes, then one of 1 to 61, half-close, and read "
      "to end of file: just the second message, then FIN.",
      "send(fd, buf, sizeof buf, 0) after recv: the reply has the buffer's "
      "length, and its tail the bytes of an earlier message.",
      "Send as many bytes as recv returned: send(fd, buf, n, 0), in a loop." },
};

const struct family echo_family;
const struct family echo_family = FAMILY("echo/", cases);
