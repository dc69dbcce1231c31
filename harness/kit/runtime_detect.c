/* SPDX-License-Identifier: MIT */
/* An interpreter is recognised by the name of its executable, a Go program by a
   section of its executable. A runtime that is not known here is taken for a
   plain program. Only /proc and the executable are read. */
#include "kit/runtime_detect.h"

#include "linux/elf_file.h"
#include "linux/procfs.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How the names of their executables begin. */
static const char *const machines[] = {
    "java", "node",   "nodejs", "deno",  "bun",    "python",
    "pypy", "perl",   "ruby",   "tclsh", "php",    "lua",
    "beam", "dotnet", "mono",   "guile", "racket", "sbcl",
};

const char *runtime_of(pid_t pid)
{
    static char path[PATH_MAX];
    const char *slash, *base;
    bool go;
    int fd;

    if (!procfs_link(pid, "exe", path, sizeof path))
        return NULL;
    slash = strrchr(path, '/');
    base = slash ? slash + 1 : path;
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
        if (strncmp(base, machines[i], strlen(machines[i])) == 0)
            return base;
    fd = procfs_file("%d/exe", (int)pid);
    if (fd < 0)
        return NULL;
    go = elf_has_section(fd, ".go.buildinfo");
    close(fd);
    return go ? "Go" : NULL;
}
