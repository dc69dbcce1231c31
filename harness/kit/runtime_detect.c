/* SPDX-License-Identifier: MIT */
#include "kit/runtime_detect.h"

#include "linux/procfs.h"

#include <elf.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* How the names of their executables begin. */
static const char *const machines[] = {
    "java", "node", "nodejs", "deno", "bun", "python", "pypy", "perl", "ruby",
    "tclsh", "php", "lua", "beam", "dotnet", "mono", "guile", "racket", "sbcl",
};

enum { MOST_SECTIONS = 4096 };

/* True if one of the sections of an ELF file has this name. */
static bool has_section(int fd, const char *name)
{
    Elf64_Ehdr e;
    Elf64_Shdr names, s;
    size_t size = strlen(name) + 1;
    char at[64];

    if (size > sizeof at || pread(fd, &e, sizeof e, 0) != (ssize_t)sizeof e ||
        memcmp(e.e_ident, ELFMAG, SELFMAG) != 0 ||
        e.e_ident[EI_CLASS] != ELFCLASS64 || e.e_shnum > MOST_SECTIONS ||
        pread(fd, &names, sizeof names,
              (off_t)(e.e_shoff + (Elf64_Off)e.e_shstrndx * sizeof names)) !=
            (ssize_t)sizeof names)
        return false;
    for (int i = 0; i < e.e_shnum; i++)
        if (pread(fd, &s, sizeof s,
                  (off_t)(e.e_shoff + (Elf64_Off)i * sizeof s)) ==
                (ssize_t)sizeof s &&
            pread(fd, at, size, (off_t)(names.sh_offset + s.sh_name)) ==
                (ssize_t)size &&
            memcmp(at, name, size) == 0)
            return true;
    return false;
}

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
    go = has_section(fd, ".go.buildinfo");
    close(fd);
    return go ? "Go" : NULL;
}
