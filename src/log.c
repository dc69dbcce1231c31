/* SPDX-License-Identifier: MIT */
/* A line is built on the stack and written by one call: it stays whole beside
   those of others, and no memory is allocated, of which every worker would get
   a copy. Nothing here reports a failure: a caller has nothing to do about
   it. */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>
#include <unistd.h>

static int to_syslog;

void log_to_syslog(void)
{
    /* LOG_NDELAY: connect now, while the path to the socket can still be seen
       and a descriptor is free, not when the first thing goes wrong. */
    openlog("echo64d", LOG_PID | LOG_NDELAY, LOG_DAEMON);
    to_syslog = 1;
}

void log_line(const char *format, ...)
{
    char line[512];
    char text[sizeof line + sizeof "echo64d: \n"];
    va_list args;
    int n;

    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);

    if (to_syslog) {
        /* Never as the format: a % in it would be obeyed. */
        syslog(LOG_NOTICE, "%s", line);
        return;
    }
    n = snprintf(text, sizeof text, "echo64d: %s\n", line);
    if (write(STDERR_FILENO, text, (size_t)n) < 0)
        return; /* the line is lost */
}
