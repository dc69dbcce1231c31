/* SPDX-License-Identifier: MIT */
/* What servers say first, and what nobody's protocol is. */
#include "client/guess.h"

#include "base/check.h"

static void guessed(const char *bytes, const char *protocol)
{
    CHECK_STR(guess_of_bytes((const unsigned char *)bytes, strlen(bytes)),
              protocol);
}

int main(void)
{
    guessed("220 mail.example ESMTP Exim 4.96\r\n", "smtp");
    guessed("220 (vsFTPd 3.0.3)\r\n", "ftp");
    guessed("220 ProFTPD Server ready.\r\n", "ftp");
    guessed("SSH-2.0-OpenSSH_9.2p1\r\n", "ssh");
    guessed("+OK Dovecot ready.\r\n", "pop3");
    guessed("* OK [CAPABILITY IMAP4rev1] ready\r\n", "imap");
    guessed("@RSYNCD: 31.0 sha512\n", "rsync");
    guessed("HTTP/1.1 400 Bad Request\r\n\r\n", "http");
    guessed("-ERR unknown command 'x'\r\n", "redis");
    guessed("-ERR no such user\r\n", NULL); /* POP3 has such answers, too */
    guessed("ERROR\r\n", "memcached");
    guessed("", NULL);
    guessed("22", NULL);
    guessed("hello, world\n", NULL);
    guessed("xHTTP/1.1", NULL);
    return check_result();
}
