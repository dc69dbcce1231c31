/* SPDX-License-Identifier: MIT */
/* The new directory is filled before it is mounted over the old one, from the
   old one: no more than its directories, as deep as daemons go. */
#include "sandbox/sandbox_private.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEEPEST = 3, MOST_DIRECTORIES = 256 };

/* Where place, or something in it, is named in a word, from `from` on, which
   points into the word; or NULL. */
static const char *named(const char *word, const char *from, const char *place)
{
    size_t n = strlen(place);
    const char *at = from;

    for (; (at = strstr(at, place)); at++)
        if (!isalnum((unsigned char)at[n]) &&
            (at == word || !isalnum((unsigned char)at[-1])))
            return at;
    return NULL;
}

static bool names(const char *word, const char *place)
{
    return named(word, word, place) != NULL;
}

/* A file that is there. A pid file is none: a daemon has left it, or the
   machine's own runs, and this one is to write its own. */
static bool is_file(int at, const char *name)
{
    size_t n = strlen(name);
    struct stat st;

    return fstatat(at, name, &st, 0) == 0 && S_ISREG(st.st_mode) &&
           (n < 4 || strcmp(name + n - 4, ".pid") != 0);
}

/* Such as PATH and its like name. */
static bool holds_files(const char *path)
{
    DIR *d = opendir(path);
    struct dirent *e;
    bool any = false;

    while (d && !any && (e = readdir(d)))
        any = is_file(dirfd(d), e->d_name);
    if (d)
        closedir(d);
    return any;
}

static bool names_file(const char *word, const char *place)
{
    const char *at = word;

    for (; (at = named(word, at, place)); at++) {
        size_t n = strcspn(at, " ,:;='\"");
        char path[PATH_MAX];

        if (n >= sizeof path)
            continue;
        memcpy(path, at, n);
        path[n] = '\0';
        if (is_file(AT_FDCWD, path) ||
            (n > strlen(place) + 1 && holds_files(path)))
            return true;
    }
    return false;
}

static bool is_kept(const char *place, char *const *keep)
{
    char real[PATH_MAX];

    for (; *keep; keep++)
        if (names(*keep, place) ||
            (realpath(*keep, real) && names(real, place)))
            return true;
    return false;
}

/* Daemons are told names in /run that are not there yet; its directories are
   there anew. So it is kept for files that are there, and for who stands in it.
 */
static bool is_run_kept(const char *place, char *const *keep)
{
    char real[PATH_MAX];

    if (realpath(".", real) && names(real, place))
        return true;
    for (; *keep; keep++)
        if (names_file(*keep, place) ||
            (realpath(*keep, real) && names_file(real, place)))
            return true;
    return false;
}

/* Likewise below, while there is room for more. */
static void copy_directories(int from, int to, int depth, int *room)
{
    DIR *d = fdopendir(openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct dirent *e;
    struct stat st;

    while (d && *room > 0 && (e = readdir(d))) {
        mode_t made = S_IRWXU | S_IRWXG | S_IRWXO | S_ISVTX; /* by mkdir(2) */
        int old, new;

        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            (e->d_type != DT_DIR && e->d_type != DT_UNKNOWN) ||
            fstatat(from, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
            !S_ISDIR(st.st_mode) ||
            mkdirat(to, e->d_name, st.st_mode & 07777) < 0)
            continue;
        --*room;
        /* Without root another's directory becomes one's own. */
        if (st.st_uid != geteuid() || st.st_gid != getegid())
            (void)fchownat(to, e->d_name, st.st_uid, st.st_gid,
                           AT_SYMLINK_NOFOLLOW);
        if (st.st_mode & 07777 & ~made)
            (void)fchmodat(to, e->d_name, st.st_mode & 07777, 0);
        if (depth == DEEPEST || st.st_nlink == 2) /* "." and its name */
            continue;
        old = openat(from, e->d_name, O_PATH | O_DIRECTORY | O_CLOEXEC);
        new = openat(to, e->d_name, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (old >= 0 && new >= 0)
            copy_directories(old, new, depth + 1, room);
        if (old >= 0)
            close(old);
        if (new >= 0)
            close(new);
    }
    if (d)
        closedir(d);
}

/* Mounted where it is to be, and filled from the descriptor of what it hides.
 */
static void cover(const char *place)
{
    int old = open(place, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), new;
    int room = MOST_DIRECTORIES;
    struct stat st;

    if (old < 0)
        return;
    if (fstat(old, &st) == 0 &&
        mount("harness", place, "tmpfs", MS_NOSUID | MS_NODEV,
              "mode=0755,size=64m") == 0) {
        new = open(place, O_PATH | O_DIRECTORY | O_CLOEXEC);
        (void)chown(place, st.st_uid, st.st_gid);
        (void)chmod(place, st.st_mode & 07777);
        if (new >= 0) {
            copy_directories(old, new, 1, &room);
            close(new);
        }
    }
    close(old);
}

void sandbox_private(char *const *keep)
{
    mode_t mask = umask(0); /* each directory is made with its mode */

    /* /var/run leads to /run. */
    if (!is_run_kept("/run", keep) && !is_run_kept("/var/run", keep))
        cover("/run");
    if (!is_kept("/tmp", keep))
        cover("/tmp");
    (void)umask(mask);
}
