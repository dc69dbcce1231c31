/* SPDX-License-Identifier: MIT */
/* A reader that does not read makes nobody wait, and gets everything once it
   does. */
#include "report/outlet.h"

#include "linux/signals.h"

#include "base/check.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINES = 20000 }; /* more than a pipe holds */

static void write_lines(FILE *out)
{
    for (int i = 0; i < LINES; i++)
        fprintf(out, "line %d\n", i);
    CHECK_INT(fflush(out), 0);
}

static void read_lines(int fd)
{
    FILE *in = fdopen(fd, "r");
    int i = 0, n;

    while (fscanf(in, "line %d\n", &n) == 1 && n == i)
        i++;
    _exit(i == LINES && feof(in) ? 0 : 1);
}

/* Open a pipe: returns its writing end as a stream, *fd is its reading end.
   shared: the writing end is a descriptor that blocks. */
static FILE *pipe_stream(struct outlet **o, int *fd, bool shared)
{
    int ends[2], own;

    CHECK_INT(pipe2(ends, O_CLOEXEC), 0);
    own = shared ? dup(ends[1]) : outlet_descriptor(ends[1]);
    CHECK(shared || (fcntl(own, F_GETFL) & O_NONBLOCK));
    CHECK(!(fcntl(ends[1], F_GETFL) & O_NONBLOCK));
    (void)close(ends[1]);
    *fd = ends[0];
    return outlet_open(own, o);
}

static void a_late_reader_gets_all(bool shared)
{
    struct outlet *o;
    int fd, status = -1;
    FILE *out = pipe_stream(&o, &fd, shared);
    pid_t pid;

    write_lines(out); /* must not wait */
    pid = fork();
    if (pid == 0) {
        (void)fclose(out); /* write_lines has flushed it: nothing is written
                              twice */
        read_lines(fd);
    }
    (void)close(fd);
    CHECK_INT(outlet_drain(o, -1), 0);
    CHECK_INT(fclose(out), 0);
    CHECK_INT(waitpid(pid, &status, 0), pid);
    CHECK_INT(status, 0);
}

static void patience_ends_the_wait(void)
{
    struct outlet *o;
    int fd;
    FILE *out = pipe_stream(&o, &fd, false);

    write_lines(out);
    errno = 0;
    CHECK_INT(outlet_drain(o, 50), -1);
    CHECK_INT(errno, ETIMEDOUT);
    fprintf(out, "more\n");
    CHECK(fflush(out) != 0);
    (void)fclose(out);
    (void)close(fd);
}

static void a_reader_that_is_gone_is_an_error(void)
{
    struct outlet *o;
    int fd;
    FILE *out = pipe_stream(&o, &fd, false);

    (void)close(fd);
    fprintf(out, "bytes\n");
    errno = 0;
    CHECK(fflush(out) != 0);
    CHECK_INT(errno, EPIPE);
    CHECK_INT(outlet_drain(o, -1), -1);
    CHECK_INT(errno, EPIPE);
    (void)fclose(out);
}

static void a_signal_ends_the_wait(void)
{
    struct outlet *o;
    int fd;
    FILE *out = pipe_stream(&o, &fd, false);

    write_lines(out);
    CHECK_INT(raise(SIGUSR1), 0);
    errno = 0;
    CHECK_INT(outlet_drain(o, -1), -1);
    CHECK_INT(errno, EINTR);
    CHECK_INT(signals_come(), SIGUSR1);
    (void)fclose(out);
    (void)close(fd);
}

int main(void)
{
    CHECK_INT(signals_catch(), 0);
    a_late_reader_gets_all(false);
    a_late_reader_gets_all(true);
    patience_ends_the_wait();
    a_reader_that_is_gone_is_an_error();
    CHECK_INT(signals_come(), 0); /* the SIGPIPE of a write is not noticed */
    a_signal_ends_the_wait();
    return check_result();
}
