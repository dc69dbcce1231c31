/* SPDX-License-Identifier: MIT */
/* daemon/: becoming a daemon. Skipped where the server stays in the
   foreground. Each case starts it from a parent that is dirty in the one thing
   it looks at. */
#include "cases/daemon/daemon.h"

#include "cases/families.h"

static const struct test_case cases[] = {
    { "daemon/start-returns", MUST,
      "the start command returns, status 0", "daemon(7) 15", daemon_start_returns, 0,
      "The start command is waited for until everything that it started "
      "sleeps.",
      "fork, and wait(&status) in the parent: it returns when the server ends.",
      "Let the parent end with status 0 as soon as the daemon says that it is "
      "ready." },
    { "daemon/ready-on-return", SHOULD,
      "the start command returns only once the server listens",
      "daemon(7) 14-15", daemon_ready_on_return, 40,
      "listen(2) is held by seccomp; meanwhile the start command must be seen "
      "asleep, waiting for something (read, wait, poll), not gone.",
      "daemon(0, 0), and then socket, bind and listen: whoever connects when "
      "the start command has returned may be refused.",
      "Listen before the fork, or let the parent read a byte from a pipe that "
      "the daemon writes when it listens." },
    { "daemon/start-reports-failure", SHOULD,
      "with the address in use it returns non-zero and says so on stderr",
      "daemon(7) 14-15", daemon_reports_failure, 0,
      "The harness listens at the address; the start command's status and "
      "stderr are looked at.",
      "if (fork() > 0) exit(0); then bind: its failure is seen by nobody.",
      "Do what can fail before the parent ends, or tell it through a pipe." },
    { "daemon/start-failures", SHOULD,
      "setsid, chdir, /dev/null, setsockopt, bind or listen failing is "
      "reported, or it serves all the same",
      "daemon(7) 14-15", daemon_start_failures, 100,
      "One start for each call; seccomp answers it with an error. Then either "
      "a status, a message and no process left; or a client is served.",
      "if (daemon(0, 0) < 0) exit(1): the parent has said 0 already.",
      "Let the daemon tell its parent, by a pipe, that all went well; let end "
      "of file mean that it did not." },
    { "daemon/releases-pipes", MUST,
      "the starter's stdout and stderr pipes reach end of file",
      "daemon(7) 9", daemon_releases_pipes, 0,
      "Started with pipes as stdout and stderr; once it rests, both are read "
      "to their end.",
      "Only stdin is redirected, or nothing: $(./server) and ssh host ./server "
      "never come back.",
      "dup2(null, 0), dup2(null, 1), dup2(null, 2)." },
    { "daemon/new-session", MUST,
      "its session is not its starter's", "daemon(7) 6", daemon_new_session, 0,
      "The session of the server process, in /proc/PID/stat.",
      "fork, and no setsid; or setsid in a process that leads its group "
      "(EPERM), unchecked.",
      "fork, exit in the parent, setsid in the child; look at its result." },
    { "daemon/no-terminal", MUST,
      "started on a terminal, it has no controlling terminal",
      "daemon(7) 6", daemon_no_terminal, 0,
      "Started in the foreground of a pseudo terminal; then tty_nr in "
      "/proc/PID/stat.",
      "fork, and no setsid: Ctrl-C in that terminal ends the daemon.",
      "setsid in the child." },
    { "daemon/not-session-leader", SHOULD,
      "it cannot gain a controlling terminal: it leads no session",
      "daemon(7) 7-8", daemon_not_session_leader, 0,
      "The session of the server process, in /proc/PID/stat, is not its own "
      "pid.",
      "daemon(3), or fork and setsid: one fork is not enough.",
      "Fork again after setsid, and exit in the parent." },
    { "daemon/survives-hangup", MUST,
      "it serves on after the terminal is hung up",
      "daemon(7) 6", daemon_survives_hangup, 0,
      "A session leader owns a pseudo terminal, starts the command in its "
      "foreground and outlives it; then it lets go of the terminal, which is "
      "closed. New clients come.",
      "nohup is left to the user: without setsid, SIGHUP ends the server when "
      "he logs out.",
      "setsid; and /dev/null as standard streams: a write to a terminal that "
      "is gone is an error." },
    { "daemon/root-directory", SHOULD,
      "its directory is / or one of its own choice, not its starter's",
      "daemon(7) 11", daemon_root_directory, 0,
      "Started in a directory that is a mount of its own; /proc/PID/cwd is "
      "read.",
      "No chdir: the file system it was started from cannot be unmounted.",
      "chdir(\"/\"), with the names of files made absolute before." },
    { "daemon/umask", SHOULD,
      "its umask is its own, not its starter's", "daemon(7) 10", daemon_own_umask, 0,
      "Started with umask 0035; Umask in /proc/PID/status.",
      "No umask: the mode of its pid file and sockets depends on who starts "
      "it.",
      "umask(0), or a stricter one, and modes given to open." },
    { "daemon/standard-streams", MUST,
      "descriptors 0, 1 and 2 are open on /dev/null or a log",
      "daemon(7) 9", daemon_standard_streams, 0,
      "Started with pipes; once it rests, its descriptors 0, 1 and 2 are "
      "looked at.",
      "close(0); close(1); close(2): the next sockets get these numbers, and "
      "perror writes to a client.",
      "open(\"/dev/null\", O_RDWR), and dup2 it to 0, 1 and 2." },
    { "daemon/closed-standard-streams", MUST,
      "started with any of 0, 1, 2 closed, it serves, and only the echo comes "
      "back",
      "open(2)", daemon_closed_streams, 100,
      "A start for each of the seven sets, after one with all of them open. "
      "Five clients each; three read to the end.",
      "The listening socket becomes fd 0 and is lost in dup2(null, 0); or a "
      "connection becomes fd 2, and the log goes to the client.",
      "First of all: do fd = open(\"/dev/null\", O_RDWR); while (fd >= 0 && "
      "fd <= 2)." },
    { "daemon/inherited-fds", SHOULD,
      "it holds no descriptor of its starter's, low or high",
      "daemon(7) 1", daemon_inherited_fds, 0,
      "Started with copies of one at 3 and up, below the soft limit, and at "
      "900 with the limit lowered below; then /proc/PID/fd.",
      "for (fd = 3; fd < 64; fd++), or up to sysconf(_SC_OPEN_MAX): a limit "
      "that was lowered leaves those above it open.",
      "close_range(3, ~0U, 0), or close what /proc/self/fd lists." },
    { "daemon/start-time", SHOULD,
      "it does not close every possible descriptor one by one",
      "close_range(2)", daemon_start_time, 40,
      "Calls of close(2), counted by seccomp, with RLIMIT_NOFILE at 256 and at "
      "2,048.",
      "for (fd = 3; fd < rl.rlim_cur; fd++) close(fd): in a container the "
      "limit may be a billion, and the start takes minutes.",
      "close_range(3, ~0U, 0), or close what /proc/self/fd lists." },
    { "daemon/signal-mask", SHOULD,
      "no signal is blocked because its starter had it blocked",
      "daemon(7) 2-3", daemon_signal_mask, 0,
      "SigBlk in /proc/PID/status after a clean start and after one with every "
      "signal blocked; then SIGTERM.",
      "A handler for SIGTERM is installed, but nothing unblocks it: a blocked "
      "signal stays so through fork and exec.",
      "sigemptyset(&none); sigprocmask(SIG_SETMASK, &none, NULL)." },
    { "daemon/signal-dispositions", SHOULD,
      "SIGTERM and SIGINT are not ignored because its starter did; it works "
      "although SIGCHLD and SIGPIPE were",
      "daemon(7) 2", daemon_signal_dispositions, 0,
      "SigIgn in /proc/PID/status after a clean start and after one with these "
      "four ignored; clients come, stay away and are served.",
      "if (signal(SIGINT, SIG_IGN) != SIG_IGN) signal(SIGINT, stop); or "
      "waitpid() < 0 taken for a failed start, where the kernel reaped.",
      "signal(sig, SIG_DFL) for every signal, before anything else." },
};

const struct family daemon_family = FAMILY("daemon/", cases);
