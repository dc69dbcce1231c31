/* SPDX-License-Identifier: MIT */
/* What a job tells the process that reports, one call for each message. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "result/case.h"
#include "result/results.h"
#include "target/subject.h"

/* The verdict on one case; a SHOULD that failed becomes a warning, and a case
   that looked at nothing an error. Empties v. */
void message_result(int fd, const struct test_case *c, struct verdict *v,
                    double seconds);
void message_target(int fd, const struct subject *s, const char *model);
/* What one start took until it listened. */
void message_start(int fd, double seconds);
/* How many processes and threads the target has while one client is served. */
void message_tasks(int fd, long tasks);
/* SIGTERM does not end all of the target. */
void message_stays(int fd);
/* It is proven that the target does not answer one frame. */
void message_silent(int fd);
void message_load(int fd, const struct load *load);
void message_audit(int fd, const struct audit_summary *audit);
void message_progress(int fd, const struct load *load);
/* status 3 or 4, why in one line, and what the target printed (or NULL). */
void message_fatal(int fd, int status, const char *why, const char *said);
/* Namespaces are not allowed here: nothing was started. */
void message_no_sandbox(int fd, const char *why);

#endif
