/* SPDX-License-Identifier: MIT */
/* Linked into the programs for `make coverage` alone (ld --wrap). gcov writes
   its counts in exit(3): a process that leaves by _exit or dies of a signal
   would lose them, so they are written here first. A process that handles
   SIGTERM itself replaces the handler below.
   The counts of all processes are summed in the same files. A call of read(2)
   or write(2) that a test lets fail while they are written would destroy what
   is there; pread(2) and pwrite(2) are left alone by the fault cases. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER_BYTES = 1 << 18 };        /* a file whole: one call writes it */

void __gcov_dump(void);
void __gcov_reset(void);
void __real__exit(int status) __attribute__((noreturn));
void __wrap__exit(int status) __attribute__((noreturn));
FILE *__real_fdopen(int fd, const char *mode);
FILE *__wrap_fdopen(int fd, const char *mode);
int __real_sigwaitinfo(const sigset_t *set, siginfo_t *info);
int __wrap_sigwaitinfo(const sigset_t *set, siginfo_t *info);

static struct { int fd; off_t at; } counts;     /* gcov has one file open */

static ssize_t read_counts(void *cookie, char *buf, size_t n)
{
    ssize_t got = pread(counts.fd, buf, n, counts.at);

    (void)cookie;
    if (got > 0)
        counts.at += got;
    return got;
}

static ssize_t write_counts(void *cookie, const char *buf, size_t n)
{
    ssize_t put = pwrite(counts.fd, buf, n, counts.at);

    (void)cookie;
    if (put < 0)
        return 0;
    counts.at += put;
    return put;
}

static int seek_counts(void *cookie, off64_t *offset, int whence)
{
    off_t at = lseek(counts.fd, whence == SEEK_END ? *offset :
                     whence == SEEK_CUR ? counts.at + *offset : *offset,
                     whence == SEEK_END ? SEEK_END : SEEK_SET);

    (void)cookie;
    if (at < 0)
        return -1;
    *offset = counts.at = at;
    return 0;
}

static int close_counts(void *cookie)
{
    (void)cookie;
    return close(counts.fd);
}

FILE *__wrap_fdopen(int fd, const char *mode)
{
    cookie_io_functions_t io = {
        read_counts, write_counts, seek_counts, close_counts
    };
    FILE *f;

    if (strcmp(mode, "r+b") != 0)       /* gcov's alone */
        return __real_fdopen(fd, mode);
    counts.fd = fd;
    counts.at = 0;
    f = fopencookie(NULL, mode, io);
    if (f)
        (void)setvbuf(f, NULL, _IOFBF, BUFFER_BYTES);
    return f;
}

void __wrap__exit(int status)
{
    __gcov_dump();
    __real__exit(status);
}

/* The first process of a sandbox waits here until it is killed. */
int __wrap_sigwaitinfo(const sigset_t *set, siginfo_t *info)
{
    __gcov_dump();
    __gcov_reset();
    return __real_sigwaitinfo(set, info);
}

static void on_term(int sig)
{
    __gcov_dump();
    (void)signal(sig, SIG_DFL);
    (void)raise(sig);
}

/* An ignored SIGTERM stays ignored. */
static void __attribute__((constructor)) catch_term(void)
{
    struct sigaction sa;

    if (sigaction(SIGTERM, NULL, &sa) < 0 || sa.sa_handler != SIG_DFL)
        return;
    sa.sa_handler = on_term;
    sa.sa_flags = 0;
    (void)sigaction(SIGTERM, &sa, NULL);
}
