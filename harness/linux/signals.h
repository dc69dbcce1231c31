/* SPDX-License-Identifier: MIT */
/* Every signal that would end this process comes as something to read, so that
   a run ends in order: reports written, nothing left. */
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
/* Likewise, and also too, one more signal, or 0; for the caller alone to read.
   Returns a signalfd(2) that does not block, or -1 with errno. */
int signals_block(int also);

/* Readable once a signal has come; -1 before signals_catch. */
int signals_fd(void);

/* The first that came, whenever that was, or 0. */
int signals_come(void);

#endif
