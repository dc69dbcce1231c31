/* SPDX-License-Identifier: MIT */
/* The file that --pid-file names, and the process that it names: signals go to
   that one. */
#ifndef SUBJECT_PID_FILE_H
#define SUBJECT_PID_FILE_H

#include "target/subject.h"

/* Its path for this start, with placeholders replaced; allocated. NULL without
   --pid-file, or for want of memory. */
char *subject_pid_file(const struct subject *s);
/* Read at most size - 1 bytes of it, NUL-terminated. Returns how many, or -1
   with errno. What is no file, or a link, is not read. */
long subject_pid_file_read(const char *path, char *text, size_t size);
/* The living process of the target that has this pid, as the target sees it;
   0: none. */
pid_t subject_process_numbered(const struct subject *s, long inner);

/* Once it listens: wait for the pid file to name a process of its own, which is
   its server from then on. Returns false where it has not by d: then the server
   stays what it was. True at once without --pid-file. */
bool subject_take_pid_file(struct subject *s, struct deadline d);

#endif
