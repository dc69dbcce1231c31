/* SPDX-License-Identifier: MIT */
/* Whether a thread may go on by itself: each sleeps in a call that is judged by
   the rules, has no signal to act on, and no alarm that would bring one. */
#include "stillness/stillness_inspect.h"

#include "linux/remote_process.h"
#include "linux/stop_processes.h"
#include "stillness/file_locks.h"
#include "stillness/stillness_rules.h"
#include "target/subject_processes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int64_t clock_now(int clock)
{
    struct timespec t;

    return clock_gettime(clock, &t) < 0
               ? INT64_MAX
               : (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* How long ago the thread began, at most. */
static int64_t thread_age(pid_t pid, pid_t tid)
{
    char buf[1024], *at;
    unsigned long long ticks;

    if (procfs_read(buf, sizeof buf, "%d/task/%d/stat", pid, tid) <= 0 ||
        !(at = strrchr(buf, ')')) ||
        sscanf(at + 2,
               "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d"
               " %*d %*d %*d %*d %llu",
               &ticks) != 1)
        return INT64_MAX / 2;
    return clock_now(CLOCK_BOOTTIME) -
           (int64_t)(ticks * (1000000000 / (unsigned)sysconf(_SC_CLK_TCK)));
}

/* A file of which others may have a mapping, too: memory that was shared by
   fork(2) is the target's own. */
static bool maps_shared(pid_t pid)
{
    int fd = procfs_file("%d/maps", (int)pid);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "re");
    bool shared = !f;
    char line[512];

    if (!f && fd >= 0)
        close(fd);
    while (!shared && f && fgets(line, sizeof line, f)) {
        char mode[8] = "", path[64] = "";

        shared = sscanf(line, "%*s %7s %*s %*s %*s %63s", mode, path) == 2 &&
                 mode[1] == 'w' && mode[3] == 's' &&
                 strcmp(path, "/dev/zero") != 0;
    }
    if (f)
        fclose(f);
    return shared;
}

static void read_limit(pid_t tid, struct sleeper *t)
{
    bool timeval;
    int clock, arg = sleeper_limit(t, &clock, &timeval);

    if (arg < 0 || t->arg[arg] == 0)
        return;
    t->at_known = remote_read(tid, t->arg[arg], &t->at, sizeof t->at) ==
                  (ssize_t)sizeof t->at;
    if (timeval)
        t->at.tv_nsec *= 1000;
    if (clock >= 0)
        t->clock_ns = clock_now(clock);
}

/* SO_RCVTIMEO and SO_SNDTIMEO limit the calls on a socket that have no limit of
   their own, socket(7). */
static bool socket_has_limit(pid_t tid, int fd)
{
    struct timeval limit[2] = { { 0, 0 }, { 0, 0 } };
    socklen_t n[2] = { sizeof limit[0], sizeof limit[1] };
    int copy;
    bool good;

    if (!procfs_fd_socket(tid, fd))
        return false;
    copy = remote_fd(tid, fd);
    if (copy < 0)
        return true;
    good = getsockopt(copy, SOL_SOCKET, SO_RCVTIMEO, &limit[0], &n[0]) == 0 &&
           getsockopt(copy, SOL_SOCKET, SO_SNDTIMEO, &limit[1], &n[1]) == 0;
    close(copy);
    return !good || limit[0].tv_sec || limit[0].tv_usec || limit[1].tv_sec ||
           limit[1].tv_usec;
}

static bool is_about_a_socket(long number)
{
    return number == SYS_read || number == SYS_readv || number == SYS_write ||
           number == SYS_writev || number == SYS_recvfrom ||
           number == SYS_recvmsg || number == SYS_sendto ||
           number == SYS_sendmsg || number == SYS_accept ||
           number == SYS_accept4 || number == SYS_sendfile;
}

/* One in user space, fuse(4), takes its time, and its reader sleeps as one of a
   socket does. */
static bool is_of_a_file_system(pid_t tid, int fd)
{
    char name[32], what[8];

    snprintf(name, sizeof name, "fd/%d", fd);
    return procfs_link(tid, name, what, sizeof what) && what[0] == '/';
}

/* A file that pid waits for is locked by a process of s. Another program's lock
   ends when that likes, and it may be another start of the same server. */
static bool is_locked_by(const struct subject *s, pid_t pid)
{
    static char locks[1 << 16];
    struct pid_list own = { NULL, 0, 0 };
    pid_t holder = procfs_read(locks, sizeof locks, "locks") > 0
                       ? file_lock_holder(locks, pid)
                       : 0;
    bool is = holder > 0 && subject_processes(s, &own) == 0 &&
              pid_list_has(&own, holder);

    pid_list_free(&own);
    return is;
}

static bool thread_goes_on(pid_t pid, pid_t tid, struct inspection *in)
{
    struct sleeper t = { .age_ns = thread_age(pid, tid) };

    if (!procfs_thread_call(tid, &t.number, t.arg))
        return inspect_object(in, pid, "it runs");
    /* What is shared with a process of ours is shared by nobody else. */
    if (t.number == SYS_futex && !in->ours)
        t.maps_shared = maps_shared(pid);
    if (!in->ours && (t.number == SYS_flock || t.number == SYS_fcntl) &&
        !is_locked_by(in->subject, pid))
        return inspect_object(in, pid, "another program locks a file");
    read_limit(tid, &t);
    if (!sleeper_stays(&t, in->left_ns))
        return inspect_object(in, pid, "it sleeps for a time");
    if (is_about_a_socket(t.number) && socket_has_limit(tid, (int)t.arg[0]))
        return inspect_object(in, pid, "its socket has a time limit");
    if (is_about_a_socket(t.number) && is_of_a_file_system(tid, (int)t.arg[0]))
        return inspect_object(in, pid, "it reads or writes a file");
    return false;
}

static bool note_sleep(pid_t pid, pid_t tid, void *longest)
{
    struct sleeper t = { .age_ns = 0 };
    int64_t ns;

    (void)pid;
    if (!procfs_thread_call(tid, &t.number, t.arg))
        return false;
    read_limit(tid, &t);
    ns = sleeper_lasts_ns(&t);
    if (ns > *(int64_t *)longest)
        *(int64_t *)longest = ns;
    return false;
}

int64_t threads_sleep_ns(pid_t pid)
{
    int64_t longest = 0;

    (void)procfs_any_thread(pid, note_sleep, &longest);
    return longest;
}

static unsigned long long field(const char *status, const char *name)
{
    const char *at = strstr(status, name);

    return at ? strtoull(at + strlen(name), NULL, 16) : 0;
}

/* Only root may read the list of all timers. On a busy machine one of them is
   left out of one list in three hundred: of eight it is not. */
static void list_alarms(struct inspection *in)
{
    enum { LISTS = 8 };
    size_t room = 1 << 20;
    char *text = malloc(room);

    in->alarms = NONE;
    for (int i = 0; i < LISTS && in->alarms == NONE; i++) {
        ssize_t n = text ? procfs_read(text, room, "timer_list") : -1;

        if (n <= 0 || (size_t)n >= room - 1)
            in->alarms = NOT_LISTED;
        else if (timer_list_has_alarm(text, in->left_ns))
            in->alarms = SOON;
    }
    free(text);
}

static bool alarm_may_come(struct inspection *in, const struct signals_seen *s)
{
    if (in->alarms == NOT_ASKED)
        list_alarms(in);
    return in->alarms == NOT_LISTED ? signals_hide_alarm(s, in->of_end)
                                    : in->alarms == SOON;
}

/* What a thread waits for in sigwait(3) the kernel shows as not blocked
   meanwhile: the set that it was called with says what is. */
static uint64_t waited_for(pid_t tid)
{
    unsigned long long arg[6];
    uint64_t set = 0;
    long number;

    if (procfs_thread_call(tid, &number, arg) &&
        number == SYS_rt_sigtimedwait &&
        remote_read(tid, arg[0], &set, sizeof set) != sizeof set)
        return ~UINT64_C(0);
    return set;
}

static bool signals_go_on(pid_t pid, pid_t tid, struct inspection *in)
{
    struct signals_seen s;
    char buf[4096];

    if (procfs_read(buf, sizeof buf, "%d/task/%d/status", pid, tid) <= 0)
        return inspect_object(in, pid, "it ends");
    s = (struct signals_seen){
        .pending = field(buf, "SigPnd:") | field(buf, "ShdPnd:"),
        .blocked = field(buf, "SigBlk:") | waited_for(tid),
        .ignored = field(buf, "SigIgn:"),
        .caught = field(buf, "SigCgt:"),
    };
    if (signals_under_way(&s))
        return inspect_object(in, pid, "a signal is pending");
    if (strtol(strstr(buf, "TracerPid:") ? strstr(buf, "TracerPid:") + 10 : "0",
               NULL, 10))
        return inspect_object(in, pid, "it is traced");
    if (alarm_may_come(in, &s))
        return inspect_object(in, pid, "an alarm(2) may be set");
    return false;
}

static bool look_at_thread(pid_t pid, pid_t tid, void *arg)
{
    char state = procfs_thread_state(pid, tid);

    if (state == 'Z' || state == 'X' || (state == 'T' && is_stopped_here(pid)))
        return false;
    if (state != 'S')
        return inspect_object(arg, pid,
                              state == 'T' ? "it is stopped" : "it runs");
    return thread_goes_on(pid, tid, arg) || signals_go_on(pid, tid, arg);
}

bool inspect_threads(struct inspection *in, pid_t pid)
{
    return procfs_any_thread(pid, look_at_thread, in);
}
