/* SPDX-License-Identifier: MIT */
/* Every signal that would end this process becomes readable from a descriptor
   instead, so that a run ends in order: reports written, nothing left. */
#ifndef SIGNALS_H
#define SIGNALS_H

/* Block all that can be caught and would end the caller, those that the kernel
   sends for a fault included: one that somebody sends is noticed, a real fault
   still kills at once, sigprocmask(2). What the caller of the harness ignores
   stays ignored, as nohup(1) wants it; but not SIGINT and SIGQUIT, which a
   shell ignores for each of its background jobs, not SIGTERM, and not 32 and
   33, which posix_spawn(3) ignores for its children. SIGPIPE and SIGXFSZ count
   where somebody sends them: a write that is in the way of one fails, and says
   what is wrong. Children inherit the mask until spawn() gives them the
   defaults. Returns 0, or -1 with errno. */
int signals_catch(void);
/* Likewise, with one more signal, also (0: none); they are for the caller alone
   to read. Returns a signalfd(2) that does not block, or -1 with errno. */
int signals_block(int also);

/* A descriptor that is readable once a signal has come; -1 before
   signals_catch. */
int signals_fd(void);

/* The first signal that has come, however long ago, or 0. */
int signals_come(void);

#endif
