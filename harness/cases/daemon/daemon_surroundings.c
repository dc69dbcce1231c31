/* SPDX-License-Identifier: MIT */
/* daemon/: its directory and its umask, daemon(7) steps 10 and 11. */
#include "cases/daemon/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- directory ---- */

/* The directory that the command is started in, and that no daemon would
   choose. It is the caller's own, so that relative names mean what they should,
   but seen through another mount of the whole tree. */
struct place {
    int fd;
    char path[PATH_MAX]; /* as the kernel calls it */
};

static int go_there(void *arg)
{
    return fchdir(((struct place *)arg)->fd);
}

static bool place_open(struct context *c, struct place *p)
{
    char cwd[PATH_MAX], tree[PATH_MAX], name[16];

    p->fd = -1;
    if (!getcwd(cwd, sizeof cwd))
        goto failed;
    snprintf(tree, sizeof tree, "%s/tree", c->sandbox->dir);
    if (c->sandbox->isolated && mkdir(tree, 0755) == 0 &&
        mount("/", tree, NULL, MS_BIND | MS_REC, NULL) == 0 &&
        strlen(tree) + strlen(cwd) < sizeof tree)
        strcat(tree, cwd);
    else
        strcpy(tree, cwd);
    p->fd = open(tree, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (p->fd < 0) /* this user may not go that way */
        p->fd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    snprintf(name, sizeof name, "fd/%d", p->fd);
    if (p->fd < 0 || !procfs_link(getpid(), name, p->path, sizeof p->path))
        goto failed;
    if (strcmp(p->path, "/") != 0)
        return true;
    verdict_skip(c->v, "its starter's directory would be / itself");
    close(p->fd);
    return false;
failed:
    verdict_error(c->v, "no directory to start it in: %s", strerror(errno));
    if (p->fd >= 0)
        close(p->fd);
    return false;
}

static void root_directory(struct context *c)
{
    struct place p;
    char cwd[PATH_MAX];

    if (!place_open(c, &p))
        return;
    if (daemon_up(c, go_there, &p)) {
        if (!procfs_link(c->subject.server, "cwd", cwd, sizeof cwd)) {
            verdict_error(c->v, "cannot see its directory: %s",
                          strerror(errno));
        } else if (strcmp(cwd, p.path) != 0) {
            verdict_pass(c->v);
        } else {
            verdict_expected(c->v, "/, or a directory of its own choice");
            verdict_observed(c->v, "%s, where it was started", cwd);
            verdict_fail(c->v, "it stays in its starter's directory");
            daemon_tell(c);
        }
    }
    close(p.fd);
}

/* ---- umask ---- */

enum { ODD_UMASK = 0035 };

static int set_umask(void *unused)
{
    (void)unused;
    (void)umask(ODD_UMASK);
    return 0;
}

static void daemon_umask(struct context *c)
{
    unsigned long long mask;

    if (!daemon_up(c, set_umask, NULL))
        return;
    if (!procfs_status(c->subject.server, "Umask", 8, &mask)) {
        verdict_skip(c->v, "this kernel does not show the umask of a process");
    } else if (mask != ODD_UMASK) {
        verdict_pass(c->v);
    } else {
        verdict_expected(c->v, "a umask of its own: 0, or stricter");
        verdict_observed(c->v, "%04llo, its starter's", mask);
        verdict_fail(c->v, "it keeps its starter's umask, %04llo", mask);
        daemon_tell(c);
    }
}

static const struct test_case cases[] = {
    { "daemon/root-directory", SHOULD,
      "its directory is / or one of its own choice, not its starter's",
      "daemon(7) 11", root_directory, 0,
      "Started in a directory that is a mount of its own; /proc/PID/cwd is "
      "read.",
      "No chdir: the file system it was started from cannot be unmounted.",
      "chdir(\"/\"), with the names of files made absolute before." },
    { "daemon/umask", SHOULD, "its umask is its own, not its starter's",
      "daemon(7) 10", daemon_umask, 0,
      "Started with umask 0035; Umask in /proc/PID/status.",
      "No umask: the mode of its pid file and sockets depends on who starts "
      "it.",
      "umask(0), or a stricter one, and modes given to open." },
};

const struct case_table daemon_surroundings_cases = CASE_TABLE(cases);
