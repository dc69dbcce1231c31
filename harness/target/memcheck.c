/* SPDX-License-Identifier: MIT */
/* The target may write to the directory of logs, since its workers may be
   another user's. So nothing in it is trusted: no link is followed, no FIFO
   waited for, and no file read without an end. */
#include "target/memcheck.h"

#include "target/memcheck_log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MOST_LOGS = 1 << 17,
    MOST_MIB = 64, /* of one log; valgrind tells 1,000 errors */
    MOST_MIB_OF_ALL = 256
};

static const long MIB = 1 << 20;

void memcheck_free(struct memcheck *m)
{
    json_decref(m->errors_text);
    json_decref(m->lost_text);
    json_decref(m->kept_text);
    memset(m, 0, sizeof *m);
}

/* Keep the first trouble only. */
static void tell(struct memcheck *m, const char *name, const char *what)
{
    if (!m->trouble[0])
        snprintf(m->trouble, sizeof m->trouble, "%.40s %s", name, what);
}

/* What has been read so far. */
struct logs {
    struct memcheck *m;
    int dir;
    long server_pid;
    long bytes;
    long passed_on;       /* as in struct memcheck_log */
    long unshown;         /* the most in any log ... */
    char counts_more[64]; /* ... and its name */
};

/* Open a log, which must be a regular file; else NULL, and the trouble is
   told. */
static FILE *open_log(struct logs *l, const char *name)
{
    int fd =
        openat(l->dir, name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
    bool regular = fd >= 0 || (errno != ELOOP && errno != ENXIO);
    FILE *f = NULL;
    struct stat st;

    if (fd >= 0)
        regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    if (fd >= 0 && regular)
        f = fdopen(fd, "r");
    if (f)
        return f;
    tell(l->m, name, regular ? strerror(errno) : "is no regular file");
    if (fd >= 0)
        close(fd);
    return NULL;
}

static void read_log(struct logs *l, const char *name, long pid)
{
    struct memcheck *m = l->m;
    struct memcheck_log log = { .pid = pid, .server = pid == l->server_pid };
    FILE *f = open_log(l, name);
    long bytes;

    if (!f)
        return;
    bytes = memcheck_log_read(&log, m, f, MOST_MIB * MIB);
    fclose(f);
    if (bytes < 0)
        tell(m, name, strerror(errno));
    else if (bytes > MOST_MIB * MIB)
        tell(m, name, "is longer than any log");
    l->bytes += bytes > 0 ? bytes : 0;
    m->logs++;
    if (!log.complete && m->incomplete++ == 0)
        snprintf(m->first_incomplete, sizeof m->first_incomplete, "%.63s",
                 name);
    l->passed_on += log.passed_on;
    if (log.unshown > l->unshown) {
        l->unshown = log.unshown;
        snprintf(l->counts_more, sizeof l->counts_more, "%.63s", name);
    }
}

/* "v.304.log": its pid; 0 for any other name. */
static long pid_of(const char *name)
{
    char *end;
    long pid;

    if (strncmp(name, "v.", 2) != 0 || name[2] < '1' || name[2] > '9')
        return 0;
    pid = strtol(name + 2, &end, 10);
    return strcmp(end, ".log") == 0 ? pid : 0;
}

static void read_all(struct logs *l, DIR *d)
{
    struct dirent *e;
    long n = 0, pid;

    while ((e = readdir(d))) {
        if ((pid = pid_of(e->d_name)) == 0)
            continue;
        if (++n > MOST_LOGS || l->bytes > MOST_MIB_OF_ALL * MIB) {
            tell(l->m, e->d_name, "is one too many to read");
            return;
        }
        read_log(l, e->d_name, pid);
    }
}

int memcheck_read(struct memcheck *m, const char *dir, long server_pid)
{
    struct logs l = { .m = m, .server_pid = server_pid };
    DIR *d;

    memset(m, 0, sizeof *m);
    m->errors_text = json_array();
    m->lost_text = json_array();
    m->kept_text = json_array();
    l.dir = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    d = l.dir < 0 ? NULL : fdopendir(l.dir);
    if (!d) {
        if (l.dir >= 0)
            close(l.dir);
        return -1;
    }
    read_all(&l, d);
    closedir(d);
    /* A forked process also counts the records that its parent had by then. If
       a log counts more than that, there are records that are not known
       here. */
    if (l.unshown > l.passed_on)
        tell(m, l.counts_more, "counts errors that no log shows");
    return 0;
}
