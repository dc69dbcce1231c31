/* SPDX-License-Identifier: MIT */
/* The number in the file is one of the sandbox's pid namespace. It counts only
   as that of a process of the target: a file may be old, or anybody's. */
#include "target/subject_pid_file.h"

#include "target/subject_processes.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *subject_pid_file(const struct subject *s)
{
    char digits[16];

    if (!s->target->pid_file)
        return NULL;
    snprintf(digits, sizeof digits, "%d", address_port(&s->address));
    return target_text(s->target, s->target->pid_file, s->target->ip, digits,
                       s->dir);
}

long subject_pid_file_read(const char *path, char *text, size_t size)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC), saved;
    ssize_t n;

    if (fd < 0)
        return -1;
    n = read(fd, text, size - 1);
    saved = errno;
    close(fd);
    errno = saved;
    if (n >= 0)
        text[n] = '\0';
    return n;
}

/* 0: none can be read there. */
static long number_in(const char *path)
{
    char text[32];

    return subject_pid_file_read(path, text, sizeof text) > 0
               ? strtol(text, NULL, 10)
               : 0;
}

pid_t subject_process_numbered(const struct subject *s, long inner)
{
    struct pid_list l = { NULL, 0, 0 };
    pid_t found = 0;

    if (inner > 1 && subject_processes(s, &l) == 0)
        for (size_t i = 0; i < l.n && !found; i++)
            if (procfs_inner_pid(l.pid[i]) == inner && procfs_alive(l.pid[i]))
                found = l.pid[i];
    pid_list_free(&l);
    return found;
}

bool subject_take_pid_file(struct subject *s, struct deadline d)
{
    struct pause pause = { 0 };
    char *path = subject_pid_file(s);
    pid_t pid = 0;

    if (!s->target->pid_file)
        return true;
    while (path && !(pid = subject_process_numbered(s, number_in(path))) &&
           !deadline_passed(d))
        pause_until(&pause, d);
    free(path);
    if (pid) {
        s->server = pid;
        s->server_told = true;
    }
    return pid > 0;
}
