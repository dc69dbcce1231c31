/* SPDX-License-Identifier: MIT */
/* Lines there and back, beside a server that echoes. */
#include "cases/client/client.h"

#include "linux/remote_process.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LONG = 1000, MEGABYTE = 1 << 20, LONGEST = 62, NARROW = 65536 };

/* The message at byte *at is text, bare or padded; *at is then behind it. */
static bool travels(struct context *c, struct session *d, const char *text,
                    size_t *at)
{
    size_t n = client_message(d, *at, text), rest = d->peer.got.n - *at;
    unsigned char frame[CLIENT_FRAME] = { 0 };

    *at += n;
    if (n)
        return true;
    for (size_t i = 0; i < sizeof frame && text[i]; i++)
        frame[i] = (unsigned char)text[i];
    verdict_bytes(c->v, frame, sizeof frame, d->peer.got.at + *at,
                  rest < sizeof frame ? rest : sizeof frame);
    return client_fails(c, d,
                        "the line's own bytes and newline, padded with "
                        "NULs to 64 or not at all",
                        "%.*s travels as something else",
                        (int)strcspn(text, "\n"), text);
}

/* Each line is longer than those before, in bytes and in characters, so that
   nothing left of them can show in it. The last line shows only that the others
   are complete. A client that does not send characters of several bytes as they
   are is judged by client/utf8. */
static void frame_format(struct context *c)
{
    enum { PLAIN = 3, ALL = 5 };
    static const char *const lines[ALL] = {
        "a\n",
        "b c\n",
        "def ghi\n",
        "gr\xc3\xbc\xc3\x9f dich\n", /* 9 characters, 11 bytes */
        "\xe6\x9d\xb1\xe4\xba\xac und \xf0\x9f\x98\x80 oder \xc3\xa9\n",
    };
    struct session d;
    size_t sent = 0, at = 0, n = PLAIN;
    bool good = client_begin(c, &d, NULL);

    for (size_t i = 0; good && i < PLAIN; i++) {
        good = client_sends(c, &d, lines[i], &sent);
        if (i == 0) /* what came before it is for another case */
            at = sent - strlen(lines[0]);
    }
    while (good && n < ALL && client_type(&d, lines[n], &sent) == MET)
        n++;
    if (n == ALL)
        good = client_sends(c, &d, "the last of all the lines\n", &sent);
    else
        n = PLAIN;
    for (size_t i = 0; good && i < n; i++)
        good = travels(c, &d, lines[i], &at);
    if (good)
        verdict_pass(c->v);
    session_end(&d);
}

/* After a longer line, which ends at *at: a short one, and one more to show
   where that ends. False: decided (fail). */
static bool short_is_clean(struct context *c, struct session *d, size_t *at)
{
    size_t hi, end, i;

    if (!client_sends(c, d, "HI\n", at))
        return false;
    hi = *at;
    if (!client_sends(c, d, "END\n", at))
        return false;
    end = *at - strlen("END\n");
    for (i = hi; i < end && d->peer.got.at[i] == 0; i++)
        ;
    if (i == end)
        return true;
    verdict_bytes(c->v, (unsigned char[CLIENT_FRAME]){ 0 },
                  end - hi < CLIENT_FRAME ? end - hi : CLIENT_FRAME,
                  d->peer.got.at + hi, end - hi);
    return client_fails(c, d,
                        "nothing but NULs follows a short line in its frame",
                        "bytes of an earlier line follow a short one");
}

/* The second long one has more bytes than characters; that it is sent at all is
   for client/utf8. */
static void short_after_long(struct context *c)
{
    static const char longer[] = "0123456789abcdefghijklmnopqrstuvwxyz, "
                                 "0123456789\n",
                      umlauts[] = "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\x9f\xc3\xa9"
                                  "\xc3\xa8\xc3\xaa\xc3\xab\xc3\xa0\xc3\xa1"
                                  "\xc3\xa2\xc3\xa3\xc3\xa5\xc3\xa6\xc3\xa7"
                                  "\xc3\xac\xc3\xad\xc3\xae\xc3\xaf\xc3\xb0\n";
    struct session d;
    size_t at = 0;

    if (client_begin(c, &d, NULL) && client_needs(c, &d, longer, &at) &&
        short_is_clean(c, &d, &at) &&
        (client_type(&d, umlauts, &at) != MET || short_is_clean(c, &d, &at)))
        verdict_pass(c->v);
    session_end(&d);
}

/* What the peer got holds text, NULs apart. False: decided (fail). */
static bool carries(struct context *c, struct session *d, const char *text)
{
    struct bytes got = { NULL, 0, 0 };
    size_t n = strlen(text);
    bool same;

    client_text(d, &got);
    same = bytes_find(&got, 0, text, n) >= 0;
    if (!same)
        verdict_bytes(c->v, text, n, got.at, got.n < n ? got.n : n);
    bytes_free(&got);
    return same || client_fails(c, d,
                                "the line travels as it was typed, NULs "
                                "apart",
                                "what travels is not what was typed");
}

static bool counts_lines(struct session *d, const void *arg)
{
    size_t lines = 0;

    for (size_t i = 0; i < d->printed.n; i++)
        lines += d->printed.at[i] == '\n';
    return lines >= *(const size_t *)arg;
}

static void empty_line(struct context *c)
{
    static const size_t two = 2;
    struct session d;
    size_t at = 0;

    if (client_begin(c, &d, NULL)) {
        (void)client_type(&d, "\n", &at); /* if it is passed over, that shows
                                             below */
        if (client_sends(c, &d, "after\n", &at) &&
            carries(c, &d, "\nafter\n") && client_prints(c, &d, "after\n", 6)) {
            if (session_wait(&d, counts_lines, &two, false) == MET)
                verdict_pass(c->v);
            else
                (void)client_fails(c, &d,
                                   "an empty line is printed like "
                                   "others",
                                   "the empty line is not printed");
        }
    }
    session_end(&d);
}

/* The line of wide letters at byte from is in one frame, or bare: right behind
   it the last one begins. False: decided (fail). */
static bool wide_line_fits(struct context *c, struct session *d,
                           const char *wide, size_t from)
{
    if (!travels(c, d, wide, &from))
        return false;
    if (d->peer.got.at[from] == 'a')
        return true;
    verdict_bytes(c->v, "after\n", 6, d->peer.got.at + from,
                  d->peer.got.n - from);
    return client_fails(c, d, "62 bytes and newline fit one frame of 64",
                        "31 characters of two bytes take more than a frame");
}

/* As many bytes as fit, in letters of one, and then of two: that line is looked
   at where it is sent as it is (client/utf8). */
static void longest_line(struct context *c)
{
    char line[LONGEST + 2] = "", wide[LONGEST + 2] = "";
    struct session d;
    size_t at = 0, from = 0;
    bool intact;

    for (int i = 0; i < LONGEST; i++) {
        line[i] = (char)('a' + i % 26);
        wide[i] = i % 2 ? (char)(0xa0 + i / 2) : '\xc3';
    }
    line[LONGEST] = wide[LONGEST] = '\n';
    if (client_begin(c, &d, NULL)) {
        client_ready(&d);
        from = d.peer.got.n;
        if (client_sends(c, &d, line, &at)) {
            (void)client_type(&d, wide, &at);
            intact = bytes_find(&d.peer.got, from, wide, LONGEST + 1) >= 0;
            if (client_sends(c, &d, "after\n", &at) &&
                travels(c, &d, line, &from) &&
                (!intact || wide_line_fits(c, &d, wide, from)) &&
                client_prints(c, &d, line, LONGEST + 1))
                verdict_pass(c->v);
        }
    }
    session_end(&d);
}

/* A line of n bytes with its newline, allocated; no part of it is like another
   one near. Some of its letters have two bytes, so that the end of a frame may
   cut them. NULL: decided (error). */
static char *long_line(struct context *c, size_t n)
{
    char *line = malloc(n + 1);

    for (size_t i = 0; line && i + 1 < n; i++)
        line[i] = i % 9 == 4 && i + 2 < n ? '\xc3'
                  : i % 9 == 5 && i > 4 && line[i - 1] == '\xc3'
                      ? (char)(0xa0 + i % 31)
                      : (char)('a' + (i + i / 26 + i / 676) % 26);
    if (!line) {
        verdict_error(c->v, "no memory for a line");
        return NULL;
    }
    line[n - 1] = '\n';
    line[n] = '\0';
    return line;
}

/* The kernel lets a send buffer grow to megabytes, which hold a whole line:
   give the client's socket one of ordinary size. */
static void narrow(struct session *d)
{
    static const int size = NARROW;
    struct pid_list l = { NULL, 0, 0 };
    struct socket_info end;

    if (peer_client_end(&d->peer, d->client.sd, &end) == 1 &&
        subject_holders(&d->client, end.inode, &l) == 0)
        for (size_t i = 0; i < l.n; i++) {
            int fd =
                remote_fd(l.pid[i], procfs_fd_of_socket(l.pid[i], end.inode));

            if (fd < 0)
                continue;
            (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
            close(fd);
        }
    pid_list_free(&l);
}

static void travels_whole(struct context *c, struct verdict *v, size_t n)
{
    char *line = long_line(c, n);
    struct session d;
    size_t at = 0;

    if (!line)
        return;
    if (client_begin(c, &d, NULL)) {
        client_ready(&d);
        at = d.peer.got.n;
        narrow(&d);
        if (client_sends(c, &d, line, &at) && carries(c, &d, line) &&
            client_prints(c, &d, line, n))
            verdict_pass(v);
    }
    session_end(&d);
    free(line);
}

static void client_long_line(struct context *c)
{
    travels_whole(c, c->v, LONG + 1);
}

static void megabyte_line(struct context *c)
{
    travels_whole(c, c->v, MEGABYTE);
}

static void utf8(struct context *c)
{
    static const char line[] =
        "gr\xc3\xbc\xc3\x9f \xe6\x9d\xb1\xe4\xba\xac "
        "\xf0\x9f\x98\x80 e\xcc\x81 \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d\n";
    struct session d;
    size_t at = 0;

    if (client_begin(c, &d, NULL) && client_sends(c, &d, line, &at) &&
        client_prints(c, &d, line, sizeof line - 1))
        verdict_pass(c->v);
    session_end(&d);
}

static const struct test_case cases[] = {
    { "client/frame-format", MUST,
      "a line travels as its own bytes and newline, padded with NULs to 64 or "
      "not at all",
      "contract", frame_format, 0,
      "Five lines, each longer than the one before, two of them with "
      "characters of several bytes; the server compares what it gets.",
      "send(fd, buf, 64, 0) of a buffer that was never cleared, or "
      "strlen(buf) + 1; or as many NULs as there are characters too few.",
      "memset the frame before each line, or send as many bytes as the line "
      "has: getline returns how many, strlen ends at a NUL." },
    { "client/short-after-long", MUST,
      "a short line after a long one carries none of its bytes", "contract",
      short_after_long, 0,
      "A line of 48 characters, then one of two; what follows its newline "
      "must be NULs or the next line. Likewise after 20 characters of two "
      "bytes each.",
      "One buffer for all lines, sent whole, not cleared between them.",
      "Clear the frame before each line." },
    { "client/empty-line", MUST, "an empty line is a line", "contract",
      empty_line, 0,
      "An empty line and another: both must be sent and printed.",
      "if (line[0] == '\\n') continue; or taking an empty string for the end.",
      "Treat it like any other." },
    { "client/longest-line", MUST, "62 characters and newline fit one frame",
      "contract", longest_line, 0,
      "Such a line must travel in one frame (or bare) and be printed whole; so "
      "must one of 31 characters of two bytes.",
      "A buffer of 63 bytes, or fgets(buf, 62, stdin).",
      "A frame of 64 bytes holds 63 of text, the newline included." },
    { "client/long-line", MUST,
      "a line of 1,000 characters travels whole and is printed whole",
      "contract", client_long_line, 0,
      "It may come in frames or bare; NULs apart the server must get it as it "
      "is, and stdout must have it in one piece.",
      "fgets(buf, 64, stdin): the rest of the line is taken for the next one.",
      "Read until the newline, send as many frames as it takes, print their "
      "replies as one." },
    { "client/megabyte-line", MUST,
      "a line of 1 MiB comes back whole: no deadlock between sending and "
      "reading",
      "UNP 6.8", megabyte_line, 60,
      "The server echoes as it reads, with ordinary buffers, and does not "
      "read on while its own echo is not taken.",
      "Sending all of the line before reading any of the reply.",
      "A socket that does not block, and poll for both: send and receive as "
      "each can go on." },
    { "client/utf8", MUST, "multi-byte text comes back unharmed", "contract",
      utf8, 0,
      "A line of characters of two, three and four bytes, combining and from "
      "right to left.",
      "isprint or toascii on each byte; a read that decodes in parts.",
      "Bytes are bytes: pass them on." },
};

const struct case_table client_lines_cases = CASE_TABLE(cases);
