/* SPDX-License-Identifier: MIT */
/* Words in shared memory that processes count in and wait for, futex(2). Of
   harness-crowd alone. */
#ifndef CROWD_GATE_H
#define CROWD_GATE_H

#include <stdint.h>

/* Wait for a wake-up, as long as *word is while_it_is. May return without. */
void gate_wait(uint32_t *word, uint32_t while_it_is);
void gate_wake(uint32_t *word, int waiters);

uint32_t gate_load(uint32_t *word);
uint32_t gate_count(uint32_t *word); /* one more; returns how many */

/* A gate is a word that becomes 1, once. */
void gate_open(uint32_t *word);
void gate_pass(uint32_t *word); /* wait until it is open */

/* Count *word up as soon as it is below most; and down again. */
void gate_enter(uint32_t *word, uint32_t most);
void gate_exit(uint32_t *word);

int64_t crowd_now_ns(void); /* CLOCK_MONOTONIC */

#endif
