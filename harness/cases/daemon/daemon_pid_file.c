/* SPDX-License-Identifier: MIT */
/* daemon/pid-file: daemon(7) step 12, and what becomes of the file later. One
   start is watched while it writes; a second instance comes beside it; then it
   is killed. The next start finds what that one left, and ends by SIGTERM. */
#include "cases/daemon/daemon.h"

#include "kit/second_start.h"
#include "kit/simple_client.h"
#include "kit/wait_idle.h"
#include "linux/child_wait.h"
#include "target/subject_pid_file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_BYTES = 64, LOOK_MS = 5 };

struct pid_file {
    char *path;
    char text[FILE_BYTES]; /* once its server had written it */
    char dir[288];         /* {dir} */
};

/* Each part states what it misses in the same words. */
static void missed(struct context *c, const char *expected, const char *what)
{
    verdict_expected(c->v, "%s", expected);
    verdict_observed(c->v, "%s", what);
    verdict_fail(c->v, "%s", what);
}

/* ---- it is there when the start command returns ---- */

/* On the supervisor's thread: a write to it, or to a file beside it that is to
   be renamed. The start has its {dir} before it makes any call. */
static bool writes_it(const struct fault_call *call, void *arg)
{
    char fd[32], path[PATH_MAX], dir[PATH_MAX], *last, *slash;
    char *wanted = subject_pid_file(&((struct context *)arg)->subject);
    bool is;

    snprintf(fd, sizeof fd, "fd/%d", (int)call->args[0]);
    slash = wanted ? strrchr(wanted, '/') : NULL;
    is = slash && procfs_link(call->pid, fd, path, sizeof path) &&
         (last = strrchr(path, '/')) && strstr(last, slash + 1);
    if (is) {
        *slash = *last = '\0';
        is = realpath(wanted, dir) && strcmp(dir, path) == 0;
    }
    free(wanted);
    return is;
}

/* True while the write is held. False: it has been made already, or is made
   otherwise, and the start is over. */
static bool write_is_held(struct context *c, struct fault *f,
                          struct fault_call *held)
{
    struct deadline d = start_deadline(c);

    while (!fault_wait_held(f, CALL_SEND, deadline_in(LOOK_MS), held)) {
        if (deadline_passed(d))
            return false;
        if (subject_start_ended(&c->subject)) {
            /* If it writes now, it does so too late. */
            subject_wait_started(&c->subject, d);
            return fault_wait_held(f, CALL_SEND, deadline_in(0), held);
        }
    }
    return true;
}

/* A start command may return before its server listens, or late. Not by
   subject_wait: that takes the pid file's word for which process it is. */
static bool listens_in_time(struct context *c, const struct supervised *s)
{
    struct deadline d = start_deadline(c);
    struct pause pause = { 0 };

    for (;;) {
        supervised_rest(c, s);
        if (subject_find(&c->subject))
            return true;
        if (subject_ended(&c->subject) || deadline_passed(d))
            return false;
        pause_until(&pause, d);
    }
}

/* False: the server did not come up. */
static bool comes_up(struct context *c, struct supervised *s)
{
    struct fault_call held;

    if (write_is_held(c, s->fault, &held) &&
        daemon_watch_start(c, held.pid) == START_GONE &&
        c->subject.start_status == 0)
        missed(c, "the start command waits until its pid file is written",
               "the start command returns before the pid file is written");
    fault_release(s->fault, CALL_SEND);
    if (listens_in_time(c, s))
        return true;
    verdict_error(c->v, "the server did not come up: it does not listen");
    server_tell_printed(c);
    return false;
}

/* ---- what it holds ---- */

static void judge_text(struct context *c, struct pid_file *file)
{
    static const char wanted[] = "the server's pid and a newline";
    char what[160], *end;
    long pid = strtol(file->text, &end, 10);
    pid_t named = subject_process_numbered(&c->subject, pid);

    if (pid <= 0 || end == file->text) {
        missed(c, wanted,
               file->text[0] ? "the pid file holds no number"
                             : "the pid file is empty");
    } else if (!named) {
        snprintf(what, sizeof what,
                 "the pid file names %ld, which is no process of the server",
                 pid);
        missed(c, wanted, what);
        daemon_tell(c);
    } else if (!daemon_is_above(&c->subject, named, c->subject.server)) {
        snprintf(what, sizeof what,
                 "the pid file names %ld, which is not the server, but below "
                 "it",
                 pid);
        missed(c, wanted, what);
        daemon_tell(c);
    } else if (*end != '\n') {
        missed(c, wanted, "no newline follows the number in the pid file");
    }
}

static void judge_mode(struct context *c, const struct pid_file *file)
{
    char what[64];
    struct stat st;

    if (stat(file->path, &st) < 0 || !(st.st_mode & S_IWOTH))
        return;
    snprintf(what, sizeof what,
             "everybody may write to the pid file, mode %04o",
             (unsigned)st.st_mode & 07777);
    missed(c, "a file that others cannot write: 0644", what);
}

/* False: there is none. */
static bool judge_file(struct context *c, struct pid_file *file)
{
    char what[160];

    if (subject_pid_file_read(file->path, file->text, sizeof file->text) < 0) {
        snprintf(what, sizeof what, "the pid file cannot be read: %s",
                 strerror(errno));
        missed(c, "a pid file once the start command has returned", what);
        verdict_fact(c->v, "looked for at %s", file->path);
        return false;
    }
    judge_text(c, file);
    judge_mode(c, file);
    return true;
}

/* ---- a client, and a second instance ---- */

static void judge_unchanged(struct context *c, const struct pid_file *file,
                            const char *who)
{
    char text[FILE_BYTES], what[160];

    if (subject_pid_file_read(file->path, text, sizeof text) < 0)
        snprintf(what, sizeof what, "%s took the pid file away: %s", who,
                 strerror(errno));
    else if (strcmp(text, file->text) != 0)
        snprintf(what, sizeof what,
                 text[0] ? "%s wrote into the pid file"
                         : "%s emptied the pid file",
                 who);
    else
        return;
    missed(c, "a pid file as it was", what);
}

/* What is to be done at the server's end a worker may do at its own. */
static void judge_client(struct context *c, const struct pid_file *file)
{
    char why[160];

    if (!simple_client_new(c, why, sizeof why))
        return;
    wait_asleep(c);
    if (!server_ended(c))
        judge_unchanged(c, file, "a client that has left");
}

static void judge_second(struct context *c, const struct pid_file *file)
{
    const struct subject_how how = { .again = &c->subject };
    char where[ADDRESS_TEXT];
    struct subject second;

    if (second_start_start(c, &second, &how)) {
        (void)second_start_watch(&second, start_deadline(c), where);
        subject_wait_started(&second, start_deadline(c));
        judge_unchanged(c, file, "a second instance");
    }
    second_start_close(&second);
}

/* ---- SIGKILL, another start, SIGTERM ---- */

/* {dir} is sticky and open to all, and there fs.protected_regular keeps even
   root from opening another user's file with O_CREAT: in a directory below /run
   a server that gave its pid file to its user could start again. */
static void as_below_run(struct context *c, const struct pid_file *file)
{
    struct stat st;

    if (stat(file->path, &st) == 0 && st.st_uid != geteuid())
        (void)fchmodat(c->sandbox->dir_fd, strrchr(file->dir, '/') + 1, 0777,
                       0);
}

static void judge_end(struct context *c, const struct pid_file *file)
{
    char text[FILE_BYTES], what[160];

    if (!c->subject.server_told) {
        missed(c, "the server's pid, after another start too",
               "after SIGKILL the next start does not write its pid");
        return;
    }
    if (!server_stop(c)) {
        verdict_skip(c->v, "it does not end at SIGTERM: see "
                           "lifecycle/term-stops");
        return;
    }
    if (subject_pid_file_read(file->path, text, sizeof text) <= 0)
        return;
    text[strcspn(text, "\n")] = '\0';
    snprintf(what, sizeof what, "SIGTERM leaves the pid file behind: %s", text);
    missed(c, "a pid file that is removed, or empty", what);
}

/* The start that followed has failed: does one succeed where no pid file lies?
   On the same port, which that file's name may hold. */
static void judge_without(struct context *c, const struct pid_file *file,
                          const struct subject_how *how)
{
    verdict_fact(c->v, "%s", c->subject.why);
    server_tell_printed(c);
    if (!second_start_kill(c))
        return;
    subject_free(&c->subject);
    c->started = false;
    if (unlink(file->path) < 0 && errno != ENOENT)
        verdict_skip(c->v, "it does not start again, and the pid file cannot "
                           "be removed: see lifecycle/start-after-kill");
    else if (server_try(c, how) != SUBJECT_UP)
        verdict_skip(c->v, "it does not start again without the pid file "
                           "either: see lifecycle/start-after-kill");
    else
        missed(c, "it starts again, whatever pid file SIGKILL left",
               "the pid file that was left by SIGKILL stops the next start");
}

static void judge_next_start(struct context *c, const struct pid_file *file)
{
    static struct subject before; /* its {dir} alone is looked at */
    const struct subject_how how = { .again = &before };

    memcpy(before.dir, file->dir, sizeof before.dir);
    as_below_run(c, file);
    if (server_try(c, &how) == SUBJECT_UP)
        judge_end(c, file);
    else
        judge_without(c, file, &how);
}

/* ---- */

/* All of the supervised start is gone. Another follows on the same port, which
   a copy of a configuration file in {dir} may name. */
static void forget_start(struct context *c, struct supervised *s)
{
    fault_end(s->fault);
    subject_free(&c->subject);
    c->started = false;
}

/* The first start, to its end by SIGKILL. False: nothing more can be tried. */
static bool first_start(struct context *c, struct pid_file *file)
{
    struct supervised s;
    bool gone = false;

    if (!supervised_begin(c, CALL_SEND, &s))
        return false;
    fault_hold(s.fault, CALL_SEND, writes_it, c);
    if (supervised_launch(c, &s)) {
        file->path = subject_pid_file(&c->subject);
        memcpy(file->dir, c->subject.dir, sizeof file->dir);
        if (!file->path)
            verdict_error(c->v, "no memory");
        else if (comes_up(c, &s) && judge_file(c, file)) {
            judge_client(c, file);
            if (!verdict_has_failed(c->v))
                judge_second(c, file);
            gone = !verdict_has_failed(c->v) && second_start_kill(c);
        }
    }
    if (gone)
        forget_start(c, &s);
    else
        (void)supervised_end(c, &s);
    return gone;
}

static void pid_file(struct context *c)
{
    static struct pid_file file;

    if (!c->target.pid_file) {
        verdict_skip(c->v, "needs --pid-file PATH: where it writes its pid");
        return;
    }
    if (first_start(c, &file))
        judge_next_start(c, &file);
    if (!verdict_decided(c->v))
        verdict_pass(c->v);
    free(file.path);
}

static const struct test_case cases[] = {
    { "daemon/pid-file", SHOULD,
      "its pid file holds its pid in time, is its own, and goes with it",
      "daemon(7) 12", pid_file, 50,
      "With --pid-file. The write is held by seccomp, and the start command "
      "must wait. Then the file is read, and its mode; a client that comes and "
      "leaves, and a second instance with the same {dir}, must leave it alone; "
      "after SIGKILL the server starts again beside what it left; SIGTERM "
      "removes or empties the file.",
      "fprintf(f, \"%d\", getpid()) before the last fork, or with umask(0) and "
      "fopen; open with O_EXCL; unlink at every exit (atexit), that of a worker "
      "and of an instance that is refused included.",
      "Open it 0644 and lock it before the fork, write when the pid is known, "
      "tell the parent then; remove it only while it is one's own.",
      .starts = 3 },
};

const struct case_table daemon_pid_file_cases = CASE_TABLE(cases);
