/* SPDX-License-Identifier: MIT */
/* Each ability is tried, not concluded from versions. What cannot be undone,
   entering a sandbox and loading a filter, is tried in a forked child, which
   leaves by _exit while this process waits for it. No target is started. */
#include "plan/doctor.h"

#include "base/status.h"
#include "fault/seccomp_filter.h"
#include "linux/host_limits.h"
#include "linux/procfs.h"
#include "linux/remote_process.h"
#include "network/sockdiag.h"
#include "plan/preflight.h"
#include "sandbox/sandbox.h"
#include "target/command.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FILTER_MS = 5000 };

static void line(const char *name, bool good, const char *what)
{
    printf("%-18s %-4s %s\n", name, good ? "yes" : "no", what);
}

/* Tell what lifts a limit, on the machine or in a container. */
static void lift(bool good, const char *how)
{
    if (!good)
        printf("%-23s lifted by: %s\n", "", how);
}

static bool has_capability(int capability)
{
    char buf[4096], *at;

    return procfs_read(buf, sizeof buf, "self/status") > 0 &&
           (at = strstr(buf, "\nCapEff:")) &&
           strtoull(at + strlen("\nCapEff:"), NULL, 16) >> capability & 1;
}

/* In a child, since a sandbox that was entered cannot be left. */
static bool try_sandbox(char *why, size_t size)
{
    pid_t parent = getpid(), pid;
    char *keep[] = { NULL };
    struct sandbox c;
    int up[2], status = -1;
    ssize_t n;

    if (pipe2(up, O_CLOEXEC) < 0) {
        snprintf(why, size, "%s", strerror(errno));
        return false;
    }
    pid = fork();
    if (pid < 0) {
        snprintf(why, size, "%s", strerror(errno));
        close(up[0]);
        close(up[1]);
        return false;
    }
    if (pid == 0) {
        if (sandbox_enter(&c, parent, keep, why, size) == 0) {
            snprintf(why, size,
                     "each case in network, process, mount%s "
                     "namespaces of its own",
                     geteuid() ? " and user" : "");
            status = 0;
        }
        (void)write(up[1], why, strlen(why));
        sandbox_close(&c);
        _exit(status == 0 ? 0 : 1);
    }
    close(up[1]);
    n = read(up[0], why, size - 1);
    why[n > 0 ? n : 0] = '\0';
    close(up[0]);
    (void)waitpid(pid, &status, 0);
    return status == 0;
}

/* In a child, since a filter stays. Returns true if its listener could be
   taken; else errno. */
static bool try_filter(void)
{
    struct seccomp_filter f;
    int listener, saved;
    pid_t pid;

    if (seccomp_filter_make(&f, CALL_BIT(CALL_ACCEPT)) < 0)
        return false;
    pid = fork();
    if (pid == 0)
        _exit(seccomp_filter_install(&f) < 0);
    listener = pid < 0 ? -1 : seccomp_filter_take_listener(&f, FILTER_MS);
    saved = errno;
    if (pid > 0)
        (void)waitpid(pid, NULL, 0);
    if (listener >= 0)
        close(listener);
    seccomp_filter_free(&f);
    errno = saved;
    return listener >= 0;
}

static void show_isolation(void)
{
    char why[256];
    bool sandbox = try_sandbox(why, sizeof why);

    line("isolation", sandbox, why);
    if (!sandbox)
        printf("%-23s as with --no-isolation: kill -9 of harness may leave "
               "processes; ports are shared with the machine\n",
               "");
    lift(
        sandbox,
        geteuid() != 0 ? "sysctl user.max_user_namespaces; docker run "
                         "--security-opt seccomp=unconfined --security-opt "
                         "apparmor=unconfined; root"
        : has_capability(CAP_SYS_ADMIN) && has_capability(CAP_NET_ADMIN)
            ? "docker run --security-opt apparmor=unconfined"
            : "docker run --cap-add SYS_ADMIN --cap-add NET_ADMIN --security-opt "
              "apparmor=unconfined");
}

static void show_supervision(void)
{
    bool works = try_filter();
    int error = errno;
    char text[160];

    snprintf(text, sizeof text, "%s: fault/ is skipped", strerror(error));
    line("supervision", works,
         works ? "system calls can be held and failed "
                 "(seccomp)"
               : text);
    lift(works, error == EBUSY ? "a start without the supervisor that is there "
                                 "already"
                : error == EPERM || error == EACCES
                    ? "docker run "
                      "--security-opt seccomp=unconfined"
                    : "Linux 5.0, with "
                      "CONFIG_SECCOMP_FILTER");
}

/* If root is refused something, it mostly lacks a capability. */
static void show_tracing(void)
{
    bool copies = remote_fd_works();
    int error = errno;
    bool all = copies && (geteuid() != 0 || has_capability(CAP_SYS_PTRACE));
    char text[200];

    if (copies)
        snprintf(text, sizeof text,
                 "a target that changes its user cannot be "
                 "seen: status 4");
    else
        snprintf(text, sizeof text,
                 "pidfd_getfd(2): %s: how long a client's "
                 "socket waits is not seen%s",
                 strerror(error),
                 geteuid()
                     ? ""
                     : "; nor is a target that changes its user: status 4");
    line("tracing", all, all ? "a target's descriptors can be copied" : text);
    lift(all, error == ENOSYS && !copies ? "Linux 5.6"
                                         : "docker run --cap-add SYS_PTRACE");
}

static void show_limits(void)
{
    struct rlimit fds;
    char which[512], text[640];
    long room = host_limits_processes(which, sizeof which);

    snprintf(text, sizeof text,
             "room for %ld clients and their workers "
             "(%s)",
             room < 0 ? -1 : room / 2, which);
    line("processes", room > 200, text);
    lift(room > 200, "that limit raised: docker run --pids-limit -1; ulimit "
                     "-u unlimited; sysctl");
    if (getrlimit(RLIMIT_NOFILE, &fds) == 0) {
        snprintf(text, sizeof text, "soft %llu, hard %llu",
                 (unsigned long long)fds.rlim_cur,
                 (unsigned long long)fds.rlim_max);
        line("descriptors", fds.rlim_max >= 4096, text);
        lift(fds.rlim_max >= 4096, "docker run --ulimit nofile=4096; "
                                   "ulimit -n 4096");
    }
}

static void show_tool(const char *name, const char *without)
{
    char path[PATH_MAX];
    bool there = target_find(name, path, sizeof path);

    line(name, there, there ? path : without);
}

int doctor_run(void)
{
    struct utsname u;
    char why[256];
    bool crowd, diag, proc, null;
    char path[PATH_MAX];
    int sd;

    (void)signal(SIGCHLD, SIG_DFL); /* ignored, it loses statuses */
    if (uname(&u) == 0)
        printf("%s %s, %s\n", u.sysname, u.release,
               geteuid() ? "an ordinary user" : "root");
    proc = procfs_is_ours(why, sizeof why);
    line("/proc", proc, proc ? "processes and descriptors can be seen" : why);
    null = preflight_null(why, sizeof why);
    line("/dev/null", null, null ? "a target begins with it open" : why);
    sd = sockdiag_open();
    diag = sd >= 0;
    line("sock_diag", diag,
         diag ? "sockets can be seen without touching them" : strerror(errno));
    lift(diag, "docker run --security-opt seccomp=unconfined");
    if (diag)
        close(sd);
    show_isolation();
    show_supervision();
    show_tracing();
    show_limits();
    crowd = target_beside("harness-crowd", "libexec/echo64", path, sizeof path);
    line("harness-crowd", crowd,
         crowd ? path
               : "the clients' executable: "
                 "neither beside harness nor in ../libexec/echo64");
    show_tool("valgrind", "--valgrind would end with status 4");
    return proc && null && diag ? 0 : STATUS_TROUBLE;
}
