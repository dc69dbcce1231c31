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
/* What one start took until it listened; counted: of these seconds, those in
   which it had a processor, or waited for something else. */
void message_start(int fd, double seconds, double counted);
/* How many processes and threads the target has while one client is served. */
void message_tasks(int fd, long tasks);
/* SIGTERM does not end all of the target. */
void message_stays(int fd);
/* The target slept for so many seconds, and was waited for. */
void message_slept(int fd, double seconds);
/* It is proven that the target does not answer one frame. */
void message_silent(int fd);
/* The cases that are left of a series need another server: since one has
   failed, or this server did not come back to what it was; or, with each, one
   for each. */
void message_used_up(int fd, bool each);
void message_load(int fd, const struct load *load);
void message_audit(int fd, const struct audit_summary *audit);
void message_progress(int fd, const struct load *load);
/* status 3 or 4, why in one line, and what the target printed (or NULL). */
void message_fatal(int fd, int status, const char *why, const char *said);
/* Likewise, since an exchange did not come: with its transcript, and what to
   try next (or NULL). */
void message_fatal_talk(int fd, int status, const char *why,
                        const char *transcript, const char *hint);
/* Likewise, since the target never came up: with its command line (or NULL). */
void message_not_up(int fd, int status, const char *why, const char *ran,
                    const char *said, const char *hint);
/* Under echo, it answers as a server of this built-in protocol does. */
void message_speaks(int fd, const char *protocol);
/* Namespaces are not allowed here: nothing was started. */
void message_no_sandbox(int fd, const char *why);

#endif
