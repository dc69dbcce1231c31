/* SPDX-License-Identifier: MIT */
/* --watch: which files a run depends on. */
#ifndef WATCH_H
#define WATCH_H

#include "linux/file_watch.h"
#include "plan/options.h"

/* Add the program, what else of COMMAND is a file (a script behind its
   interpreter, a file that a shell's line names), the configuration files, and
   the file of the protocol. */
void watch_files(struct file_watch *w, const struct options *o);

#endif
