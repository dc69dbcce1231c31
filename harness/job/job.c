/* SPDX-License-Identifier: MIT */
/* Two processes meet here. The one that reports forks the job, reads its
   channel, owns the scratch directory where there is no isolation, and in the
   end kills the job and waits for it. The job owns its sandbox and everything
   in it; it writes to the channel and leaves by _exit, never back into the
   caller's code. */
#include "job/job.h"

#include "base/status.h"
#include "job/message.h"
#include "linux/host_limits.h"
#include "linux/process_signal.h"
#include "linux/remove_tree.h"
#include "linux/spawn.h"
#include "plan/preflight.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FD_RESERVE = 64, MOST_KEEP = 62, KEEP_ALL = MOST_KEEP + 64 };

int job_prepare(void)
{
    spawn_cloexec_all();
    return prctl(PR_SET_CHILD_SUBREAPER, 1);
}

/* ---- in the job's process ---- */

/* A variable that says where a target finds what it is made of: PYTHONPATH,
   LD_PRELOAD, PERL5LIB, HOME. */
static bool leads_to_files(const char *variable)
{
    static const char *const parts[] = { "PATH", "LIB", "PRELOAD", "HOME" };
    const char *end = strchr(variable, '=');

    for (size_t i = 0; end && i < sizeof parts / sizeof *parts; i++) {
        const char *at = strstr(variable, parts[i]);

        if (at && at < end)
            return true;
    }
    return false;
}

/* Nothing must be mounted over files that the caller names. */
static int enter(const struct plan *plan, struct sandbox *sandbox, pid_t parent,
                 char *why, size_t size)
{
    char cwd[PATH_MAX] = "", self[PATH_MAX] = "", program[PATH_MAX] = "";
    char *keep[KEEP_ALL] = { cwd, self, program };
    char *const *command = plan->target.command;
    int n = 3;

    if (!getcwd(cwd, sizeof cwd))
        cwd[0] = '\0';
    (void)!readlink("/proc/self/exe", self, sizeof self - 1);
    if (command)
        (void)target_find(command[0], program, sizeof program);
    for (size_t i = 0; i < plan->target.nconfigs; i++)
        keep[n++] = (char *)plan->target.config[i].path;
    for (int i = 0; command && command[i] && i < MOST_KEEP; i++)
        keep[n++] = command[i];
    for (char **v = environ; *v && n < KEEP_ALL - 1; v++)
        if (leads_to_files(*v))
            keep[n++] = *v;
    return sandbox_enter(sandbox, parent, keep, why, size);
}

/* If it was only for lack of a process, sandboxes are not forbidden. */
static void tell_no_sandbox(int channel, const char *why)
{
    char which[512], text[1024];

    if (errno != EAGAIN) {
        message_no_sandbox(channel, why);
        return;
    }
    (void)host_limits_processes(which, sizeof which);
    snprintf(text, sizeof text, "no room for another process: %s (%s)", why,
             which);
    message_fatal(channel, STATUS_TROUBLE, text, NULL);
}

/* Be out of reach of the terminal's signals, and without /dev/tty. Not by
   setsid(2), if it can be done otherwise: the scheduler counts each session as
   one (sched(7), autogroup), and with a thousand clients and servers in two
   sessions, Linux 6.18 was seen to let no other session run for a minute. */
static void leave_terminal(void)
{
    int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    /* It stays the terminal of the other processes: this one does not lead
       their session. ioctl_tty(2). */
    bool without =
        terminal < 0 ? errno == ENXIO : ioctl(terminal, TIOCNOTTY) == 0;

    if (terminal >= 0)
        close(terminal);
    /* Where /dev/tty is missing, or something else, as in some containers,
       there may be a terminal all the same. */
    if (without)
        (void)setpgid(0, 0);
    else
        (void)setsid();
}

static void job_process(const struct job *j, const struct plan *plan,
                        int channel, pid_t parent, job_main *run, void *arg)
{
    long clients = plan->options->clients;
    struct sandbox sandbox;
    char why[256];

    /* SIGINT and its like stay blocked: this process is ended by the one that
       reports. */
    (void)prctl(PR_SET_NAME, "harness-case");
    leave_terminal();
    sandbox_limits(2 * (clients < 1000000 ? clients : 0) + FD_RESERVE);
    if (j->scratch[0]) {
        if (sandbox_open_plain(&sandbox, parent, j->scratch, j->scratch_fd) <
            0) {
            snprintf(why, sizeof why, "subreaper: %s", strerror(errno));
            message_fatal(channel, STATUS_TROUBLE, why, NULL);
            _exit(STATUS_TROUBLE);
        }
    } else if (enter(plan, &sandbox, parent, why, sizeof why) < 0) {
        tell_no_sandbox(channel, why);
        _exit(STATUS_TROUBLE);
    }
    run(plan, &sandbox, channel, arg);
    sandbox_close(&sandbox);
    _exit(0);
}

/* ---- in the process that reports ---- */

static int make_scratch(struct job *j)
{
    if (snprintf(j->scratch, sizeof j->scratch, "%s/harness-XXXXXX",
                 preflight_tmp()) >= (int)sizeof j->scratch)
        snprintf(j->scratch, sizeof j->scratch, "/tmp/harness-XXXXXX");
    if (!mkdtemp(j->scratch)) {
        j->scratch[0] = '\0';
        return -1;
    }
    j->scratch_fd =
        open(j->scratch, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return j->scratch_fd < 0 ? -1 : fchmod(j->scratch_fd, 0755);
}

static void remove_scratch(struct job *j, char *left, size_t size)
{
    char path[PATH_MAX];

    if (j->scratch[0] && j->scratch_fd >= 0 &&
        remove_tree(j->scratch, j->scratch_fd, path, sizeof path) < 0)
        snprintf(left, size, "not removed: %s: %s", path, strerror(errno));
    if (j->scratch_fd >= 0)
        close(j->scratch_fd);
    j->scratch_fd = -1;
    j->scratch[0] = '\0';
}

int job_start(struct job *j, const struct plan *plan, bool isolate,
              job_main *run, void *arg)
{
    pid_t parent = getpid();
    int ends[2], saved;
    char left[64];

    memset(j, 0, sizeof *j);
    j->scratch_fd = -1;
    if (isolate)
        sandbox_prepare();
    if ((!isolate && make_scratch(j) < 0) || pipe2(ends, O_CLOEXEC) < 0) {
        saved = errno;
        remove_scratch(j, left, sizeof left);
        errno = saved;
        return -1;
    }
    j->pid = fork();
    if (j->pid == 0) {
        close(ends[0]);
        job_process(j, plan, ends[1], parent, run, arg);
    }
    saved = errno;
    close(ends[1]);
    j->pipe = ends[0];
    (void)fcntl(j->pipe, F_SETFL, O_NONBLOCK);
    if (j->pid > 0)
        return 0;
    j->pid = 0;
    close(j->pipe);
    remove_scratch(j, left, sizeof left);
    errno = saved;
    return -1;
}

int job_read(struct job *j, void (*take)(json_t *object, void *arg), void *arg)
{
    return channel_read(&j->reader, j->pipe, take, arg);
}

int job_end(struct job *j, const struct pid_list *others, char *left,
            size_t size)
{
    int status = 0;
    pid_t pid;

    left[0] = '\0';
    /* A job whose channel is closed is ending anyway; what it has not ended
       then, the kernel or the next lines do. */
    (void)process_signal(j->pid, SIGKILL);
    while (waitpid(j->pid, &status, 0) < 0 && errno == EINTR)
        ;
    pid = sandbox_kill_descendants(others);
    close(j->pipe);
    channel_free(&j->reader);
    remove_scratch(j, left, size);
    if (pid)
        snprintf(left, size, "process %d could not be ended", (int)pid);
    j->pid = 0;
    return status;
}
