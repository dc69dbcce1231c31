/* SPDX-License-Identifier: MIT */
/* A tree is removed whatever its permissions; what its links lead to stays. */
#include "linux/remove_tree.h"

#include "base/check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char base[] = "/tmp/test-remove-tree-XXXXXX";

static void touch(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    CHECK(fd >= 0);
    close(fd);
}

static int remove_named(const char *path, char *left, size_t size)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

    CHECK(fd >= 0);
    rc = remove_tree(path, fd, left, size);
    close(fd);
    return rc;
}

static void all_of_it_and_nothing_else(void)
{
    char left[256] = "";

    CHECK_INT(mkdir("theirs", 0755), 0);
    touch("theirs/file");
    CHECK_INT(mkdir("tree", 0755), 0);
    CHECK_INT(mkdir("tree/closed", 0755), 0);
    CHECK_INT(mkdir("tree/closed/below", 0755), 0);
    touch("tree/closed/below/file");
    CHECK_INT(chmod("tree/closed/below", 0500), 0);
    CHECK_INT(chmod("tree/closed", 0), 0);
    CHECK_INT(symlink("../theirs", "tree/link"), 0);
    CHECK_INT(mkfifo("tree/fifo", 0600), 0);
    CHECK_INT(remove_named("tree", left, sizeof left), 0);
    CHECK_STR(left, "");
    CHECK(access("tree", F_OK) < 0);
    CHECK_INT(access("theirs/file", F_OK), 0);
}

/* What somebody has put in place of the directory is not removed. */
static void what_took_its_place_stays(void)
{
    char left[256] = "";
    int fd;

    CHECK_INT(mkdir("tree", 0755), 0);
    touch("tree/ours");
    fd = open("tree", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CHECK_INT(rename("tree", "moved"), 0);
    CHECK_INT(symlink("theirs", "tree"), 0);
    CHECK_INT(remove_tree("tree", fd, left, sizeof left), -1);
    CHECK_INT(errno, ESTALE);
    CHECK_STR(left, "tree");
    CHECK_INT(access("theirs/file", F_OK), 0);
    CHECK(access("moved/ours", F_OK) < 0);
    close(fd);
    CHECK_INT(unlink("tree"), 0);
    CHECK_INT(remove_named("moved", left, sizeof left), 0);
    CHECK_INT(remove_named("theirs", left, sizeof left), 0);
}

int main(void)
{
    if (!mkdtemp(base) || chdir(base) < 0)
        return 1;
    all_of_it_and_nothing_else();
    what_took_its_place_stays();
    CHECK_INT(rmdir(base), 0);
    return check_result();
}
