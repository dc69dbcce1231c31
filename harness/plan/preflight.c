/* SPDX-License-Identifier: MIT */
/* Each check does what the run will do later (open /dev/null, make a directory)
   and undoes it at once. Nothing is printed, and nothing is left behind. */
#include "plan/preflight.h"

#include "linux/host_limits.h"
#include "linux/procfs.h"
#include "plan/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { NULL_MAJOR = 1, NULL_MINOR = 3 }; /* null(4) */

bool preflight_null(char *why, size_t size)
{
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    struct stat st;
    bool is;

    if (fd < 0) {
        snprintf(why, size, "/dev/null: %s: every target begins with it open",
                 strerror(errno));
        return false;
    }
    is = fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) &&
         st.st_rdev == makedev(NULL_MAJOR, NULL_MINOR);
    close(fd);
    if (!is)
        snprintf(why, size,
                 "/dev/null is not the null device: mknod -m 666 "
                 "/dev/null c 1 3");
    return is;
}

const char *preflight_tmp(void)
{
    const char *tmp = getenv("TMPDIR");

    return tmp && *tmp ? tmp : "/tmp";
}

bool preflight_scratch(char *why, size_t size)
{
    const char *tmp = preflight_tmp();
    char path[PATH_MAX];

    why[0] = '\0';
    errno = ENAMETOOLONG;
    if (snprintf(path, sizeof path, "%s/harness-XXXXXX", tmp) <
            (int)sizeof path &&
        mkdtemp(path)) {
        (void)rmdir(path); /* it was empty, and is not needed yet */
        return true;
    }
    snprintf(why, size,
             "%s: %s: without private namespaces the scratch stands "
             "there (TMPDIR)",
             tmp, strerror(errno));
    return false;
}

static bool preflight_files(char *why, size_t size)
{
    long files = host_limits_files();

    if (files >= PLAN_FEWEST_FILES)
        return true;
    snprintf(why, size,
             "needs %d descriptors: RLIMIT_NOFILE (ulimit -n) is "
             "%ld",
             PLAN_FEWEST_FILES, files);
    return false;
}

bool preflight(bool sandboxes, char *why, size_t size)
{
    return preflight_files(why, size) && procfs_is_ours(why, size) &&
           preflight_null(why, size) &&
           (sandboxes || preflight_scratch(why, size));
}
