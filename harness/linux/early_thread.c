/* SPDX-License-Identifier: MIT */
/* The thread waits for its next function on a condition variable; it never
   ends, and goes with the process. All signals are blocked in it. A forked
   child does not have the thread, although it inherits the flag that it was
   prepared: prepare it in the process that uses it. */
#include "linux/early_thread.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t news = PTHREAD_COND_INITIALIZER;
static bool prepared;
static void (*job)(void *arg);
static void *job_arg;

static void *work(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&lock);
    for (;;) {
        while (!job)
            pthread_cond_wait(&news, &lock);
        pthread_mutex_unlock(&lock);
        job(job_arg);
        pthread_mutex_lock(&lock);
        job = NULL;
        pthread_cond_broadcast(&news);
    }
    return NULL;
}

int early_thread_prepare(void)
{
    pthread_attr_t detached;
    sigset_t all, before;
    pthread_t thread;
    int error;

    if (prepared)
        return 0;
    /* The new thread inherits a full mask: signals go to the main thread. */
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    error = pthread_create(&thread, &detached, work, NULL);
    pthread_attr_destroy(&detached);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    prepared = error == 0;
    errno = error;
    return error ? -1 : 0;
}

int early_thread_run(void (*run)(void *arg), void *arg)
{
    if (!prepared) {
        errno = ENOENT;
        return -1;
    }
    pthread_mutex_lock(&lock);
    job_arg = arg;
    job = run;
    pthread_cond_broadcast(&news);
    pthread_mutex_unlock(&lock);
    return 0;
}

void early_thread_wait(void)
{
    pthread_mutex_lock(&lock);
    while (job)
        pthread_cond_wait(&news, &lock);
    pthread_mutex_unlock(&lock);
}
