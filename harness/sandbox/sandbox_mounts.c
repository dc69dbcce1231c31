/* SPDX-License-Identifier: MIT */
/* The scratch directory is on a tmpfs, which leaves nothing behind even if all
   is killed. A tmpfs is mounted over a directory and hides what that holds, so
   an empty directory is chosen; where there is none, its entries are bound into
   the tmpfs under their own names. */
#include "sandbox/sandbox_mounts.h"

#include "sandbox/sandbox_private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_ENTRIES = 256, UNFIT = -1 };

/* ---- private mounts ---- */

/* Let no other namespace see what is mounted at dir or below from here on. */
static bool make_private(const char *dir)
{
    return mount(NULL, dir, NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

/* In a plain chroot "/" is no mount point and cannot be made private; then each
   mount point below it is, one by one. *all: "/" could be. */
static bool make_mounts_private(bool *all)
{
    *all = make_private("/");
    return *all || (errno == EINVAL && make_private("/proc"));
}

/* ---- scratch ---- */

static bool is_named(const char *place, char *const *keep)
{
    size_t n = strlen(place);

    for (; *keep; keep++) {
        const char *at = strstr(*keep, place);

        if (at && (at[n] == '/' || at[n] == '\0'))
            return true;
    }
    return false;
}

/* How many entries place has; UNFIT: it is no place for the scratch. */
static int count_entries(const char *place, char *const *keep)
{
    DIR *d = is_named(place, keep) ? NULL : opendir(place);
    struct dirent *e;
    int n = 0;

    if (!d)
        return UNFIT;
    while ((e = readdir(d)))
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
    closedir(d);
    return n <= MOST_ENTRIES ? n : UNFIT;
}

/* Make an entry of the hidden directory old appear in place again. */
static int show_entry(int old, const char *place, const char *name)
{
    char from[64 + NAME_MAX], to[PATH_MAX], text[PATH_MAX];
    struct stat st;
    ssize_t n;
    int fd;

    snprintf(from, sizeof from, "/proc/self/fd/%d/%s", old, name);
    snprintf(to, sizeof to, "%s/%s", place, name);
    if (fstatat(old, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT ? 0 : -1; /* removed meanwhile */
    if (S_ISLNK(st.st_mode)) {
        n = readlinkat(old, name, text, sizeof text - 1);
        if (n < 0)
            return -1;
        text[n] = '\0';
        return symlink(text, to);
    }
    if (S_ISDIR(st.st_mode)) {
        if (mkdir(to, 0755) < 0)
            return -1;
    } else {
        fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (fd < 0)
            return -1;
        close(fd);
    }
    return mount(from, to, NULL, MS_BIND | MS_REC, NULL);
}

static int show_entries(DIR *old, const char *place)
{
    struct dirent *e;
    int rc = 0;

    while (rc == 0 && (e = readdir(old)))
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            rc = show_entry(dirfd(old), place, e->d_name);
    return rc;
}

/* Make the scratch directory in place, under a name that no entry there has. */
static int make_scratch(const char *place, char *dir, size_t size)
{
    for (int i = 0; i <= MOST_ENTRIES; i++) {
        snprintf(dir, size, i ? "%s/harness%d" : "%s/harness", place, i);
        if (mkdir(dir, 0777) == 0)
            /* A target that gives up its user must still write there. */
            return chmod(dir, 01777) < 0
                       ? -1
                       : open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (errno != EEXIST)
            return -1;
    }
    return -1;
}

static int mount_at(const char *place, bool all_private, char *dir, size_t size)
{
    DIR *old = opendir(place);
    int fd = -1, saved;

    if (!old)
        return -1;
    if ((all_private || make_private(place)) &&
        mount("harness", place, "tmpfs", MS_NOSUID | MS_NODEV,
              "mode=1777,size=256m") == 0) {
        if (show_entries(old, place) == 0)
            fd = make_scratch(place, dir, size);
        saved = errno;
        if (fd < 0)
            (void)umount2(place, MNT_DETACH);
        errno = saved;
    }
    saved = errno;
    closedir(old);
    errno = saved;
    return fd;
}

/* Try directories that every system has and that hold little, the emptiest
   first. */
static int mount_scratch(bool all_private, char *const *keep, char *dir,
                         size_t size)
{
    static const char *const places[] = { "/dev/shm", "/mnt", "/media",
                                          "/srv",     "/opt", "/home" };
    enum { PLACES = sizeof places / sizeof *places };
    int entries[PLACES], fd = -1;

    for (int i = 0; i < PLACES; i++)
        entries[i] = count_entries(places[i], keep);
    errno = ENOENT;
    for (int n = 0; fd < 0 && n <= MOST_ENTRIES; n++)
        for (int i = 0; fd < 0 && i < PLACES; i++)
            if (entries[i] == n)
                fd = mount_at(places[i], all_private, dir, size);
    return fd;
}

/* ---- terminals ---- */

/* The caller's terminal has a name in /dev too, by which a target could write
   to it without belonging to its session. So the sandbox gets pseudo terminals
   of its own, and any other terminal becomes /dev/null. If that is not allowed,
   the target still has no controlling terminal. */
static void hide_terminals(void)
{
    char name[PATH_MAX];

    for (int fd = 0; fd < 3; fd++)
        if (ttyname_r(fd, name, sizeof name) == 0 &&
            strncmp(name, "/dev/pts/", strlen("/dev/pts/")) != 0)
            (void)mount("/dev/null", name, NULL, MS_BIND, NULL);
    (void)mount("devpts", "/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
                "newinstance,ptmxmode=0666,mode=0620");
}

int sandbox_mounts(char *dir, size_t size, char *const *keep, const char **step)
{
    bool all_private;
    int fd;

    *step = "private mounts";
    if (!make_mounts_private(&all_private))
        return -1;
    *step = "scratch tmpfs";
    fd = mount_scratch(all_private, keep, dir, size);
    if (fd >= 0 && all_private) {
        hide_terminals();
        sandbox_private(keep);
    }
    return fd;
}
