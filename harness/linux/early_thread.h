/* SPDX-License-Identifier: MIT */
/* One thread beside the main one, started asleep. It must exist before the
   main thread makes its children go into another pid namespace, since
   clone(2) refuses a thread from then on (EINVAL). */
#ifndef EARLY_THREAD_H
#define EARLY_THREAD_H

/* Start it. Returns 0, or -1 with errno. Idempotent in one process. */
int early_thread_prepare(void);
/* Have the thread call run(arg). It takes one call at a time: wait for the last
   one first. Returns 0, or -1 with ENOENT if it was never prepared. */
int early_thread_run(void (*run)(void *arg), void *arg);
/* Wait until run has returned. */
void early_thread_wait(void);

#endif
