/* SPDX-License-Identifier: MIT */
/* harness report: reports that are read again. */
#ifndef REREAD_H
#define REREAD_H

#include "plan/options.h"

/* Read the files o->selectors names ("-": stdin) and write what o asks for: one
   run in any format (none asked for: as the terminal shows it), several targets
   as a matrix, or with --compare what has changed. Nothing is written unless
   all could be read, and no file appears unless it is whole. Returns the exit
   status: 0; 1: something got worse; 2: a file cannot be read, is no report,
   does not go with the options, or a path cannot be written; 4: no memory, or a
   write failed; 128+n: a signal. What is wrong is told on stderr. */
int reread(const struct options *o);

#endif
