/* SPDX-License-Identifier: MIT */
/* What is read of a subject: this process and its child stand for one that runs
   already. */
#include "target/subject_launch.h"
#include "target/subject_listener.h"
#include "target/subject_processes.h"

#include "base/check.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct target target = { .attach = true };
static struct subject subject = { .target = &target, .out = -1, .err = -1 };

static unsigned long inode_of(int fd)
{
    struct stat st;

    CHECK_INT(fstat(fd, &st), 0);
    return (unsigned long)st.st_ino;
}

/* A process that keeps what is open now, and ends with its parent. */
static pid_t sleeper(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            (void)pause();
    }
    return pid;
}

static void end(pid_t pid)
{
    CHECK_INT(kill(pid, SIGKILL), 0);
    CHECK_INT(waitpid(pid, NULL, 0), pid);
}

static void holders_are_listed(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unsigned long inode = inode_of(fd);
    struct pid_list l = { NULL, 0, 0 };
    pid_t child = sleeper();

    CHECK_INT(procfs_fd_of_socket(getpid(), inode), fd);
    CHECK_INT(subject_holders(&subject, inode, &l), 0);
    CHECK_INT(l.n, 2);
    CHECK(l.n == 2 && l.pid[0] == getpid() && l.pid[1] == child);
    close(fd);
    CHECK_INT(procfs_fd_of_socket(getpid(), inode), -1);
    CHECK_INT(subject_holders(&subject, inode, &l), 0); /* appends */
    CHECK_INT(l.n, 3);
    CHECK(l.n == 3 && l.pid[2] == child);
    end(child);
    pid_list_free(&l);
}

/* A file or a pipe is a socket of inode 0 to nobody. */
static void nobody_holds_inode_0(void)
{
    struct pid_list l = { NULL, 0, 0 };

    CHECK(!procfs_holds_socket(getpid(), 0));
    CHECK_INT(subject_holders(&subject, 0, &l), 0);
    CHECK_INT(l.n, 0);
    pid_list_free(&l);
}

/* A listening socket where clients of the subject connect, on any port. */
static int listener(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct address *a = &subject.address;

    CHECK_INT(address_parse(a, "127.0.0.1", 0), 0);
    CHECK_INT(bind(fd, (struct sockaddr *)&a->sa, a->len), 0);
    CHECK_INT(listen(fd, 7), 0);
    CHECK_INT(getsockname(fd, (struct sockaddr *)&a->sa, &a->len), 0);
    return fd;
}

static void its_listeners_are_known(void)
{
    int fd = listener(), other = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char want[ADDRESS_TEXT], where[ADDRESS_TEXT] = "";
    pid_t child = sleeper();

    CHECK(!subject_shows_listeners(&subject));
    CHECK_INT(subject_backlog(&subject, 128), 128);
    CHECK_INT(subject_find_any(&subject), 0);
    CHECK(subject_shows_listeners(&subject));
    CHECK_INT(subject_backlog(&subject, 128), 7);
    CHECK(subject_is_listener(&subject, inode_of(fd)));
    CHECK(!subject_is_listener(&subject, inode_of(other)));
    CHECK(!subject_is_listener(&subject, 0));
    CHECK_INT(subject_listener_fd(&subject, getpid()), fd);
    CHECK(subject_listens(&subject));
    address_text(&subject.address, want);
    CHECK(subject_listens_anywhere(&subject, where));
    CHECK_STR(where, want);
    close(fd);
    CHECK_INT(subject_listener_fd(&subject, getpid()), -1);
    CHECK_INT(subject_listener_fd(&subject, child), fd);
    CHECK(subject_listens(&subject)); /* its child does */
    end(child);
    CHECK(!subject_listens(&subject));
    CHECK(!subject_listens_anywhere(&subject, where));
    close(other);
}

int main(void)
{
    subject.server = getpid();
    subject.sd = sockdiag_open();
    CHECK(subject.sd >= 0);
    its_listeners_are_known();
    holders_are_listed();
    nobody_holds_inode_0();
    subject_free(&subject);
    return check_result();
}
