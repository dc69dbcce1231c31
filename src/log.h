/* SPDX-License-Identifier: MIT */
/* One line per event. Until log_to_syslog is called it goes to stderr. */
#ifndef ECHO64_LOG_H
#define ECHO64_LOG_H

/* From now on write to syslog(3) instead: what a process without a terminal
   does. */
void log_to_syslog(void);

/* Log one line, in the manner of printf(3), without its newline. A line that
   cannot be written is lost: a log is no reason to stop serving. */
void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
