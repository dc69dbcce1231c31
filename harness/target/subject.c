/* SPDX-License-Identifier: MIT */
/* What is known of a subject, and what it has said. Looks at no process. */
#include "target/subject.h"

#include "linux/spawn.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SAID_BYTES = 4096 };

void subject_explain(struct subject *s, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(s->why, sizeof s->why, fmt, ap);
    va_end(ap);
}

const char *subject_starts_name(enum subject_starts starts)
{
    static const char *const name[] = {
        [STARTS_UNKNOWN] = "unknown",
        [STARTS_DETACHED] = "detached",
        [STARTS_FOREGROUND] = "foreground",
        [STARTS_ATTACHED] = "attached",
    };

    return name[starts];
}

int subject_each_socket(const struct subject *s, unsigned states,
                        int (*each)(const struct socket_info *i, void *arg),
                        void *arg)
{
    return sockdiag_each(s->sd, states, address_port(&s->address), each, arg);
}

char **subject_ran(const struct subject *s)
{
    char port[16];

    if (!s->target->command)
        return NULL;
    snprintf(port, sizeof port, "%d", address_port(&s->address));
    return target_argv(s->target, s->target->ip, port, s->dir, s->logs);
}

/* Of one of its streams; -1: none is kept. */
static char *said_on(int fd)
{
    char *text = fd >= 0 ? spawn_captured(fd, SAID_BYTES) : NULL;

    if (text && text[0])
        return text;
    free(text);
    return NULL;
}

char *subject_said_on_stderr(const struct subject *s)
{
    return said_on(s->err);
}

char *subject_said(const struct subject *s)
{
    char *text = said_on(s->err);

    return text ? text : said_on(s->out);
}
