/* SPDX-License-Identifier: MIT */
/* The system call is made directly: libc has no function for it. */
#include "stress/crowd_gate.h"

#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { FUTEX_WAIT, FUTEX_WAKE }; /* linux/futex.h: not with musl-gcc */

void gate_wait(uint32_t *word, uint32_t while_it_is)
{
    syscall(SYS_futex, word, FUTEX_WAIT, while_it_is, NULL, NULL, 0);
}

void gate_wake(uint32_t *word, int waiters)
{
    syscall(SYS_futex, word, FUTEX_WAKE, waiters, NULL, NULL, 0);
}

uint32_t gate_load(uint32_t *word)
{
    return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

uint32_t gate_count(uint32_t *word)
{
    return __atomic_add_fetch(word, 1, __ATOMIC_ACQ_REL);
}

void gate_open(uint32_t *word)
{
    __atomic_store_n(word, 1, __ATOMIC_RELEASE);
    gate_wake(word, __INT32_MAX__);
}

void gate_pass(uint32_t *word)
{
    while (!gate_load(word))
        gate_wait(word, 0);
}

void gate_enter(uint32_t *word, uint32_t most)
{
    for (;;) {
        uint32_t n = gate_load(word);

        if (n >= most)
            gate_wait(word, n);
        else if (__atomic_compare_exchange_n(
                     word, &n, n + 1, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
            return;
    }
}

void gate_exit(uint32_t *word)
{
    __atomic_sub_fetch(word, 1, __ATOMIC_ACQ_REL);
    gate_wake(word, 1);
}

int64_t crowd_now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}
