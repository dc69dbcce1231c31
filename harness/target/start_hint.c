/* SPDX-License-Identifier: MIT */
/* The usual ways in which a first command goes wrong, the surest sign first.
   Each hint is a command or an option to write. Nothing is started to find
   one. */
#include "target/start_hint.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static bool is_one_of(const char *word, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(word, *names) == 0)
            return true;
    return false;
}

/* ---- what was not executed ---- */

static bool hint_execute(const struct start_seen *s, char *hint)
{
    const char *word = s->target->command[0];
    char here[1024];

    if (s->how != START_NOT_EXECUTED)
        return false;
    if (s->error == ENOENT && strpbrk(word, " \t") && !s->target->command[1]) {
        snprintf(hint, START_HINT,
                 "COMMAND is one word with blanks in it: write its words "
                 "without quotes around them all (-- %s), or let a shell read "
                 "them (-- sh -c 'exec %s {ip} {port}')",
                 word, word);
        return true;
    }
    snprintf(here, sizeof here, "./%s", word);
    if (s->error == ENOENT && !strchr(word, '/') && access(here, F_OK) == 0)
        snprintf(hint, START_HINT, "it stands in this directory: -- ./%s",
                 word);
    else if (s->error == EACCES && access(word, R_OK) == 0)
        snprintf(hint, START_HINT,
                 "it is not executable: chmod +x %s, or begin with what "
                 "interprets it (-- python3 %s)",
                 word, word);
    else
        return false;
    return true;
}

/* ---- what starts a server that is not its child ---- */

static bool hint_other_starter(const struct start_seen *s, char *hint)
{
    static const char *const containers[] = { "docker", "podman", "nerdctl",
                                              NULL };
    static const char *const managers[] = { "systemctl", "service", "initctl",
                                            "rc-service", NULL };
    char *const *word = s->target->command;

    if (strcmp(base_name(*word), "sudo") == 0 && word[1])
        word++;
    if (is_one_of(base_name(*word), containers))
        snprintf(hint, START_HINT,
                 "what runs in a container is no child of %s: start it "
                 "yourself with its port published (-p 127.0.0.1:7007:7), and "
                 "test it with --connect 127.0.0.1:7007, and --pid $(%s "
                 "inspect -f '{{.State.Pid}}' NAME)",
                 *word, *word);
    else if (is_one_of(base_name(*word), managers))
        snprintf(hint, START_HINT,
                 "a service is no child of %s: take the command of its unit "
                 "(systemctl cat NAME shows ExecStart), or test the one that "
                 "runs with --connect IP:PORT, and --pid $(systemctl show -P "
                 "MainPID NAME)",
                 *word);
    else
        return false;
    return true;
}

/* ---- what listens elsewhere ---- */

/* atoi("127.0.0.1") is 127. */
static bool took_ip_for_port(const struct start_seen *s)
{
    return target_appends_address(s->target) &&
           address_port(&s->got) == atoi(s->target->ip) &&
           atoi(s->target->ip) > 0;
}

static bool hint_elsewhere(const struct start_seen *s, char *hint)
{
    struct address at = s->got;
    char text[ADDRESS_TEXT], host[ADDRESS_TEXT];

    if (s->how != START_ELSEWHERE)
        return false;
    address_make_reachable(&at);
    if (took_ip_for_port(s))
        snprintf(hint, START_HINT,
                 "it took the beginning of %s for its port: if it takes a port "
                 "alone, say so with {port} behind COMMAND",
                 s->target->ip);
    else if (address_port(&at) == address_port(&s->asked))
        snprintf(hint, START_HINT,
                 "it listens on another address than it was asked to: "
                 "--address %s",
                 address_host(&at, host));
    else
        snprintf(hint, START_HINT,
                 "if it always listens there: --listens %s; else tell it "
                 "{port} where it takes a port",
                 address_text(&at, text));
    return true;
}

/* ---- what ended ---- */

static const struct {
    const char *program, *protocol;
} daemons[] = {
    { "redis-server", "redis" },
    { "valkey-server", "redis" },
    { "memcached", "memcached" },
    { "beanstalkd", "beanstalk" },
    { "nginx", "http" },
    { "lighttpd", "http" },
    { "apache2", "http" },
    { "httpd", "http" },
    { "mini_httpd", "http" },
    { "mini-httpd", "http" },
    { "tinyproxy", "http" },
    { "haproxy", "http" },
    { "caddy", "http" },
    { "http.server", "http" },
    { "dnsmasq", "dns" },
    { "unbound", "dns" },
    { "named", "dns" },
    { "mosquitto", "mqtt" },
    { "vsftpd", "ftp" },
    { "proftpd", "ftp" },
    { "sshd", "ssh" },
    { "dropbear", "ssh" },
    { "rsync", "rsync" },
    { "dovecot", "imap" },
    { "ngircd", "irc" },
    { "smtpd", "smtp" },
    { "exim4", "smtp" },
};

const char *start_hint_protocol(char *const *command, const char **word)
{
    for (; *command; command++)
        for (size_t i = 0; i < sizeof daemons / sizeof *daemons; i++)
            if (strcmp(base_name(*command), daemons[i].program) == 0) {
                *word = daemons[i].program;
                return daemons[i].protocol;
            }
    return NULL;
}

static bool hint_protocol(const struct start_seen *s, char *hint)
{
    const char *word, *name = start_hint_protocol(s->target->command, &word);

    if (!name || !target_appends_address(s->target))
        return false;
    snprintf(hint, START_HINT,
             "%s is no echo server: --protocol %s, with {ip} and {port} where "
             "it takes its address, or in a file for --config",
             word, name);
    return true;
}

/* Does what it printed speak of the words that were appended? */
static bool says_of_words(const struct start_seen *s)
{
    static const char *const about[] = { "usage",   "argument", "operand",
                                         "invalid", "port",     "address" };

    if (!s->said)
        return false;
    for (size_t i = 0; i < sizeof about / sizeof *about; i++)
        if (strcasestr(s->said, about[i]))
            return true;
    return strstr(s->said, s->target->ip) != NULL;
}

static bool hint_words(const struct start_seen *s, char *hint)
{
    size_t n;

    if (s->how != START_ENDED || !target_appends_address(s->target) ||
        !says_of_words(s))
        return false;
    n = (size_t)snprintf(hint, START_HINT,
                         "IP and PORT were appended to COMMAND; if it takes a "
                         "port alone, or options, say where with {ip} and "
                         "{port}: --");
    for (char *const *word = s->target->command; *word && n < START_HINT;
         word++)
        n += (size_t)snprintf(hint + n, START_HINT - n, " %s", *word);
    if (n < START_HINT)
        snprintf(hint + n, START_HINT - n, " {port}");
    return true;
}

/* ---- what runs ---- */

static bool hint_slow(const struct start_seen *s, char *hint)
{
    enum { LONGER = 6 };

    if (s->how != START_SILENT)
        return false;
    snprintf(hint, START_HINT,
             "if it only starts slowly: --timeout %.3g waits longer than "
             "these %.3g s",
             LONGER * s->timeout_s, s->timeout_s);
    return true;
}

void start_hint(const struct start_seen *s, char hint[START_HINT])
{
    hint[0] = '\0';
    if (!s->target->command)
        return;
    (void)(hint_execute(s, hint) || hint_other_starter(s, hint) ||
           hint_protocol(s, hint) || hint_elsewhere(s, hint) ||
           hint_words(s, hint) || hint_slow(s, hint));
}
