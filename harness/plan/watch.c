/* SPDX-License-Identifier: MIT */
/* COMMAND is not parsed as a shell would: each of its words that names a
   regular file is watched, which costs nothing where it was no file name. */
#include "plan/watch.h"

#include "target/command.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static void add_if_file(struct file_watch *w, const char *path)
{
    struct stat st;

    if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
        file_watch_add(w, path);
}

/* What a shell would take for words of it. */
static void add_words(struct file_watch *w, const char *argument)
{
    char *copy = strdup(argument), *rest = copy, *word;

    while (copy && (word = strsep(&rest, " \t\n;&|()<>'\"")))
        add_if_file(w, word);
    free(copy);
}

static void add_program(struct file_watch *w, const struct options *o)
{
    char path[PATH_MAX];

    if (!o->target) {
        if (target_beside(o->client ? "echo64" : "echo64d", "bin", path,
                          sizeof path))
            file_watch_add(w, path);
        return;
    }
    (void)target_find(o->target[0], path, sizeof path);
    file_watch_add(w, path);
}

void watch_files(struct file_watch *w, const struct options *o)
{
    add_program(w, o);
    for (char *const *word = o->target; word && *word; word++) {
        add_if_file(w, *word);
        add_words(w, *word);
    }
    for (size_t i = 0; i < o->nconfigs; i++)
        file_watch_add(w, o->configs[i]);
    if (o->protocol && strpbrk(o->protocol, "/."))
        file_watch_add(w, o->protocol);
}
