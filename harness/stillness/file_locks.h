/* SPDX-License-Identifier: MIT */
/* Who holds the lock of a file that a process waits for: flock(2), fcntl(2)
   F_SETLKW. */
#ifndef FILE_LOCKS_H
#define FILE_LOCKS_H

#include <sys/types.h>

/* locks is the text of /proc/locks, proc(5). Returns the process that holds the
   lock for which waiter waits; 0 if that is not told: it waits for none, the
   holder is of a pid namespace that is not seen from here, or the lock is of an
   open file description, whoever has that. */
pid_t file_lock_holder(const char *locks, pid_t waiter);

#endif
