/* SPDX-License-Identifier: MIT */
/* By what servers say first: their greeting, or their complaint about what they
   were sent instead of their own protocol. */
#include "client/guess.h"

#include <string.h>

static const struct {
    const char *begins, *holds, *protocol;
} marks[] = {
    { "220", "FTP", "ftp" },
    { "220", "ftp", "ftp" },
    { "220 ", NULL, "smtp" },
    { "220-", NULL, "smtp" },
    { "SSH-2.0-", NULL, "ssh" },
    { "+OK", NULL, "pop3" },
    { "* OK", NULL, "imap" },
    { "@RSYNCD:", NULL, "rsync" },
    { "HTTP/1.", NULL, "http" },
    { "<!DOCTYPE HTML", "Bad request", "http" }, /* HTTP/0.9 of Python's */
    { "-ERR", "unknown command", "redis" },
    { "ERROR\r\n", NULL, "memcached" },
    { "UNKNOWN_COMMAND\r\n", NULL, "beanstalk" },
    { "BAD_FORMAT\r\n", NULL, "beanstalk" },
};

static bool holds(const unsigned char *bytes, size_t n, const char *word)
{
    return !word || memmem(bytes, n, word, strlen(word)) != NULL;
}

const char *guess_of_bytes(const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t length = strlen(marks[i].begins);

        if (n >= length && memcmp(bytes, marks[i].begins, length) == 0 &&
            holds(bytes, n, marks[i].holds))
            return marks[i].protocol;
    }
    return NULL;
}

const char *guess_of_talk(const struct talk *t)
{
    const unsigned char *bytes;
    const char *guess = NULL;
    size_t n;
    bool sent = true;

    if (t->who.protocol->echo) /* it keeps no transcript */
        return guess_of_bytes(t->in, t->nin);
    for (size_t i = 0; talk_transcript(t, i, &sent, &bytes, &n); i++)
        if (!sent) {
            guess = guess_of_bytes(bytes, n);
            break;
        }
    return guess && strcmp(guess, t->who.protocol->name) != 0 ? guess : NULL;
}
