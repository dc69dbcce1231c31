/* SPDX-License-Identifier: MIT */
/* An interpreter is recognised by the name of its executable, a compiled
   program with a collector by what its executable has: a section of Go's, the
   start of OCaml's runtime, which ocamlopt exports. A runtime that is not known
   here is taken for a plain program. Only /proc and the executable are read. */
#include "kit/runtime_detect.h"

#include "linux/elf_file.h"
#include "linux/procfs.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* The names of their executables, which a suffix may follow. */
static const char *const machines[] = {
    "java",   "node", "nodejs", "deno",   "bun",  "python",   "pypy",
    "perl",   "ruby", "tclsh",  "php",    "lua",  "luajit",   "beam",
    "dotnet", "mono", "guile",  "racket", "sbcl", "ocamlrun",
};

/* A version follows, a variant, or " (deleted)": python3.11, beam.smp,
   mono-sgen. With a letter it is another word: monolith, luanti. */
static bool is_suffix(const char *rest)
{
    return !*rest || isdigit((unsigned char)*rest) || strchr(".-_ ", *rest);
}

bool runtime_is_name(const char *name)
{
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
        size_t n = strlen(machines[i]);

        if (strncmp(name, machines[i], n) == 0 && is_suffix(name + n))
            return true;
    }
    return false;
}

const char *runtime_of(pid_t pid)
{
    static char path[PATH_MAX];
    const char *slash, *base, *name = NULL;
    int fd;

    if (!procfs_link(pid, "exe", path, sizeof path))
        return NULL;
    slash = strrchr(path, '/');
    base = slash ? slash + 1 : path;
    if (runtime_is_name(base))
        return base;
    fd = procfs_file("%d/exe", (int)pid);
    if (fd < 0)
        return NULL;
    if (elf_has_section(fd, ".go.buildinfo"))
        name = "Go";
    else if (elf_defines(fd, "caml_startup"))
        name = "OCaml";
    close(fd);
    return name;
}
