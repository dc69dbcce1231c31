/* SPDX-License-Identifier: MIT */
/* From the command line to a server that listens, or to one line on why it does
   not. The command is forked by spawn() and belongs to the sandbox. Nothing
   connects to see whether it is up: that would make a server fork. */
#include "target/subject_launch.h"

#include "linux/child_wait.h"
#include "linux/spawn.h"
#include "target/subject_lifecycle.h"
#include "target/subject_listener.h"
#include "target/subject_pid_file.h"
#include "target/subject_processes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
    const struct subject *subject[SUBJECTS_LIVE];
    size_t n, more; /* listed here; for which there was no room */
} live;

static void note_live(const struct subject *s)
{
    if (live.n < SUBJECTS_LIVE)
        live.subject[live.n++] = s;
    else
        live.more++;
}

static void forget_live(const struct subject *s)
{
    for (size_t i = 0; i < live.n; i++)
        if (live.subject[i] == s) {
            live.subject[i] = live.subject[--live.n];
            return;
        }
    live.more -= live.more > 0;
}

size_t subjects_live(const struct subject *out[SUBJECTS_LIVE])
{
    memcpy(out, live.subject, live.n * sizeof *out);
    return live.n + live.more;
}

/* Make it below the sandbox's descriptor: a target may have changed what the
   path leads to. */
static int make_dir(const struct subject *s, char *path, size_t size,
                    const char *kind, unsigned start)
{
    char name[32];

    snprintf(name, sizeof name, "%s%u", kind, start);
    snprintf(path, size, "%s/%s", s->sandbox->dir, name);
    if (mkdirat(s->sandbox->dir_fd, name, 0777) < 0)
        return -1;
    /* A target that gives up its user must still write there. */
    return fchmodat(s->sandbox->dir_fd, name, 01777, 0);
}

static int make_dirs(struct subject *s, const struct subject_how *how)
{
    static unsigned starts; /* each start has directories of its own */

    starts++;
    if (how && how->again)
        memcpy(s->dir, how->again->dir, sizeof s->dir);
    else if (make_dir(s, s->dir, sizeof s->dir, "start", starts) < 0)
        return -1;
    return make_dir(s, s->logs, sizeof s->logs, "logs", starts);
}

static enum subject_up trouble(struct subject *s, const char *what)
{
    subject_explain(s, "%s: %s", what, strerror(errno));
    return SUBJECT_TROUBLE;
}

static char **command_line(const struct subject *s, int port,
                           const struct subject_how *how)
{
    static const struct subject_how plain;
    char digits[16];

    if (!how)
        how = &plain;
    snprintf(digits, sizeof digits, "%d", port);
    return target_argv(s->target,
                       how->no_address ? NULL
                       : how->ip       ? how->ip
                                       : s->target->ip,
                       how->port ? how->port : digits, s->dir, s->logs);
}

/* A copy of a configuration file, with its placeholders replaced, below the
   start's own directory. One that an earlier start left there stays. */
static int copy_config(struct subject *s, const struct config *from,
                       const char *ip, const char *port, bool may_exist)
{
    char *text = target_text(s->target, from->text, ip, port, s->dir);
    int dir = openat(s->sandbox->dir_fd, strrchr(s->dir, '/') + 1,
                     O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int fd = dir < 0 ? -1
                     : openat(dir, from->name,
                              O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    size_t n = text ? strlen(text) : 0;
    bool kept = dir >= 0 && fd < 0 && errno == EEXIST && may_exist;
    int rc = text && fd >= 0 && write(fd, text, n) == (ssize_t)n ? 0 : -1;

    if (fd >= 0)
        close(fd);
    if (dir >= 0)
        close(dir);
    free(text);
    return kept ? 0 : rc;
}

static int copy_configs(struct subject *s, int port,
                        const struct subject_how *how)
{
    char digits[16];

    snprintf(digits, sizeof digits, "%d", port);
    for (size_t i = 0; i < s->target->nconfigs; i++)
        if (copy_config(s, &s->target->config[i],
                        how && how->ip ? how->ip : s->target->ip,
                        how && how->port ? how->port : digits,
                        how && how->again) < 0) {
            (void)trouble(s, s->target->config[i].path);
            return -1;
        }
    return 0;
}

/* Open the unnamed files for its output, and make its directories. */
static int prepare(struct subject *s, const struct subject_how *how)
{
    s->out = spawn_capture(SUBJECT_OUTPUT_BYTES);
    s->err = spawn_capture(SUBJECT_OUTPUT_BYTES);
    if (s->out < 0 || s->err < 0) {
        (void)trouble(s, "cannot keep its output");
        return -1;
    }
    if (make_dirs(s, how) == 0)
        return 0;
    (void)trouble(s, s->sandbox->dir);
    return -1;
}

static enum subject_up execute(struct subject *s, char **argv,
                               const struct subject_how *how)
{
    struct spawn world = {
        .argv = argv,
        .in = -1,
        .out = s->out,
        .err = s->err,
        .own_mounts = s->sandbox->isolated,
        .without = s->target->valgrind ? "VALGRIND_OPTS" : NULL,
        /* If valgrind is killed, it leaves temporary files. */
        .tmpdir = s->target->valgrind ? s->logs : NULL,
        .pre_exec = how ? how->pre_exec : NULL,
        .pre_exec_arg = how ? how->arg : NULL,
    };
    int exec_failed;

    s->start = spawn(&world, &exec_failed);
    if (s->start > 0)
        return SUBJECT_UP;
    s->start = 0;
    if (!exec_failed)
        return trouble(s, "cannot fork");
    s->exec_error = errno;
    subject_explain(s, "cannot execute %s: %s", argv[0], strerror(errno));
    return SUBJECT_DIED;
}

enum subject_up subject_launch(struct subject *s, const struct target *t,
                               struct sandbox *sandbox, int port,
                               const struct subject_how *how)
{
    enum subject_up up;
    char **argv;

    memset(s, 0, sizeof *s);
    s->target = t;
    s->sandbox = sandbox;
    s->out = s->err = -1;
    s->sd = sockdiag_open();
    if (s->sd < 0)
        return trouble(s, "sock_diag");
    note_live(s);
    if (sandbox->isolated && pid_list_add(&s->not_ours, sandbox->init) < 0)
        return trouble(s, "memory");
    if (address_parse(&s->address, t->ip, port) < 0)
        return trouble(s, t->ip);
    address_make_reachable(&s->address);
    if (prepare(s, how) < 0 || copy_configs(s, port, how) < 0)
        return SUBJECT_TROUBLE;
    argv = command_line(s, port, how);
    if (!argv)
        return trouble(s, "cannot make its command line");
    up = execute(s, argv, how);
    target_argv_free(argv);
    return up;
}

enum subject_up subject_wait(struct subject *s, struct deadline d)
{
    struct pause pause = { 0 };

    while (!subject_find(s)) {
        if (subject_ended(s) && !subject_find(s)) {
            subject_explain(s, "it ended (%s) without listening",
                            child_status_text(s->start_status));
            return SUBJECT_DIED;
        }
        if (deadline_passed(d)) {
            if (subject_find(s))
                break; /* it came up as the deadline passed */
            if (subject_hides(s))
                return SUBJECT_TROUBLE;
            subject_tell_elsewhere(s);
            return SUBJECT_DIED;
        }
        pause_until(&pause, d);
    }
    (void)subject_take_pid_file(s, d);
    return SUBJECT_UP;
}

enum subject_up subject_start(struct subject *s, const struct target *t,
                              struct sandbox *sandbox, int port,
                              struct deadline d)
{
    enum subject_up up = subject_launch(s, t, sandbox, port, NULL);

    return up == SUBJECT_UP ? subject_wait(s, d) : up;
}

enum subject_up subject_attach(struct subject *s, const struct target *t,
                               struct sandbox *sandbox)
{
    char text[ADDRESS_TEXT];

    memset(s, 0, sizeof *s);
    s->target = t;
    s->sandbox = sandbox;
    s->out = s->err = -1;
    s->starts = STARTS_ATTACHED;
    s->server = t->attach_pid;
    s->sd = sockdiag_open();
    if (s->sd < 0)
        return trouble(s, "sock_diag");
    note_live(s);
    if (address_parse(&s->address, t->ip, t->port) < 0)
        return trouble(s, t->ip);
    address_make_reachable(&s->address);
    if (t->attach_pid && !procfs_alive(t->attach_pid)) {
        subject_explain(s, "no process %d", (int)t->attach_pid);
        return SUBJECT_DIED;
    }
    if (!address_is_loopback(&s->address))
        return SUBJECT_UP; /* its listener may be on another machine */
    if (subject_find_any(s) < 0)
        return trouble(s, "sock_diag");
    if (s->nlisteners)
        return SUBJECT_UP;
    subject_explain(s, "nothing listens on %s",
                    address_text(&s->address, text));
    return SUBJECT_DIED;
}

void subject_free(struct subject *s)
{
    forget_live(s);
    if (s->sd >= 0)
        close(s->sd);
    if (s->out >= 0)
        close(s->out);
    if (s->err >= 0)
        close(s->err);
    s->sd = s->out = s->err = -1;
    pid_list_free(&s->not_ours);
}

void subject_move(struct subject *to, struct subject *from)
{
    subject_free(to);
    forget_live(from);
    *to = *from;
    memset(from, 0, sizeof *from);
    from->sd = from->out = from->err = -1;
    note_live(to);
}
