/* SPDX-License-Identifier: MIT */
/* What /proc says of processes. Always the /proc that was mounted when
   procfs_open was called, by the pids of that namespace: a sandbox mounts
   another one over it for its target. proc(5). This is our own because libproc2
   opens /proc by its path each time, and lists neither the descriptors of a
   process nor the pids it has in inner namespaces. */
#ifndef PROCFS_H
#define PROCFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Keep hold of /proc. Returns 0, or -1 with errno. Idempotent. */
int procfs_open(void);
/* True if /proc is there and shows this process under the number that getpid(2)
   gives. The /proc of another pid namespace shows other processes under the
   numbers of ours, and a signal sent by such a number would hit a stranger.
   False: why says what is wrong. */
bool procfs_is_ours(char *why, size_t size);
/* Open a file below /proc for reading; -1 with errno. */
int procfs_file(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Read a file below /proc whole: at most size - 1 bytes, NUL-terminated.
   Returns the length, or -1 with errno. */
ssize_t procfs_read(char *buf, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

struct pid_list {
    pid_t *pid;
    size_t n, room;
};

void pid_list_free(struct pid_list *l);
/* Returns 0, or -1 with ENOMEM. */
int pid_list_add(struct pid_list *l, pid_t pid);
bool pid_list_has(const struct pid_list *l, pid_t pid);

/* Append the children of all threads of pid; of a pid that has ended, none.
   Returns 0, or -1 with ENOMEM. */
int procfs_children(pid_t pid, struct pid_list *out);
/* How many children the main thread of pid has, zombies included. One file is
   read, however many they are. 0 for a pid that has ended. */
long procfs_count_children(pid_t pid);
/* Append root and all below it, parents before children. */
int procfs_tree(pid_t root, struct pid_list *out);

/* Append every process that /proc shows. Returns 0, or -1 with errno. */
int procfs_all(struct pid_list *out);

struct proc_stat {
    pid_t pid, ppid, pgrp, session;
    char state; /* R S D T t Z X */
    int tty;    /* controlling terminal's device, 0: none */
    int threads;
    bool ending;                     /* exiting, or past its exit */
    unsigned long long start_ticks;  /* with pid it identifies the process */
    unsigned long long cpu_ticks;    /* user and system */
    unsigned long long waited_ticks; /* likewise, of children waited for */
    char comm[64];
};

/* Returns 0, or -1 with errno (ENOENT, ESRCH: it has ended). */
int procfs_stat(pid_t pid, struct proc_stat *st);
/* True if all threads of the process have ended. If only the main thread has,
   its state is Z too, but the other threads still hold all that the process
   held. */
bool procfs_is_zombie(const struct proc_stat *st);
bool procfs_alive(pid_t pid);  /* there, and no zombie */
bool procfs_ending(pid_t pid); /* exiting, or gone */

/* Call look for the threads of pid until one returns true; false if none did.
 */
typedef bool thread_look(pid_t pid, pid_t tid, void *arg);
bool procfs_any_thread(pid_t pid, thread_look *look, void *arg);

/* The number of the system call that pid's main thread is in; -1 if it runs, or
   if that cannot be told (*known is false). */
long procfs_syscall(pid_t pid, bool *known);
/* The system call that one thread is in: its number and arguments. False where
   it runs, has ended, or is not ours to see. */
bool procfs_thread_call(pid_t tid, long *number, unsigned long long args[6]);
/* The letter of the state of one thread; NUL for one that has ended. */
char procfs_thread_state(pid_t pid, pid_t tid);
/* True if a thread in state D (proc(5)) waits for what the kernel does for
   others: a lock that they have, or a disk. Not for its own child in vfork(2),
   nor for whoever was told of its call by a filter (seccomp_unotify(2)). False
   where that is not ours to see. */
bool procfs_thread_is_detained(pid_t pid, pid_t tid);

/* A field of /proc/PID/status ("Threads", "SigBlk"): its text, or the first
   number in it, read in that base. False if the process has ended or has no
   such field. */
bool procfs_status_text(pid_t pid, const char *field, char *text, size_t size);
bool procfs_status(pid_t pid, const char *field, int base,
                   unsigned long long *value);
/* Voluntary and forced context switches of the main thread; -1 if unknown. */
long long procfs_switches(pid_t pid);
/* The process that thread tid belongs to. */
pid_t procfs_process_of(pid_t tid);
/* True if sig is pending for the process and is not blocked. */
bool procfs_pends(pid_t pid, int sig);
/* For how long one thread has had a processor, and for how long it was ready to
   run but had none: sums that grow when it gets one (proc(5), schedstat).
   False if that is unknown. */
bool procfs_thread_times(pid_t pid, pid_t tid, long long *ran_ns,
                         long long *waited_ns);
/* The time for which some program of this machine was ready to run but had no
   processor (proc(5), pressure/cpu), since the machine started; 0 if
   unknown. */
long long procfs_contended_ns(void);
/* The pid that the process has inside its own, innermost namespace. */
pid_t procfs_inner_pid(pid_t pid);

struct proc_fd {
    int fd;
    char what[96];
}; /* readlink(2) of /proc/PID/fd/N,
      cut off if longer */
struct fd_list {
    struct proc_fd *fd;
    size_t n, room;
};

/* Read the open descriptors. Returns 0, or -1 with errno (EACCES: not ours to
   see; ENOENT, ESRCH: it has ended, or is about to). The list is emptied
   first. */
int procfs_fds(pid_t pid, struct fd_list *out);
void fd_list_free(struct fd_list *l);
/* The inode of "socket:[N]", else 0. */
unsigned long procfs_socket_inode(const char *what);
/* The inode of the socket that is descriptor fd of thread tid's process; 0 if
   it is no socket. */
unsigned long procfs_fd_socket(pid_t tid, int fd);
/* A descriptor by which pid holds that socket, the first that is met; -1 if it
   does not, or may not be looked at. Nobody holds inode 0. */
int procfs_fd_of_socket(pid_t pid, unsigned long inode);
bool procfs_holds_socket(pid_t pid, unsigned long inode);

/* What kind of file its descriptor fd is: fills *st; false if it cannot be
   seen. */
struct stat;
bool procfs_fd_stat(pid_t pid, int fd, struct stat *st);
/* The device and inode of what pid executes; false if it cannot be seen. */
bool procfs_program(pid_t pid, uint64_t program[2]);
/* readlink of /proc/PID/NAME ("exe", "cwd"); false if it cannot be read. */
bool procfs_link(pid_t pid, const char *name, char *buf, size_t size);

#endif
