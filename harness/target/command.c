/* SPDX-License-Identifier: MIT */
/* Makes the words that exec(2) gets, and finds executables. Each word is
   allocated, even one that is taken over unchanged, so that all are freed
   alike. No shell sees the command, and nothing is started. */
#include "target/command.h"

#include "linux/elf_file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const valgrind_options[] = {
    /* command-line-only: ~/.valgrindrc and ./.valgrindrc could name another
       tool, or suppressions that hide what is wrong. */
    "valgrind",
    "--command-line-only=yes",
    "--tool=memcheck",
    "--trace-children=yes",
    "--track-fds=yes",
    "--vgdb=no",
    "--leak-check=full",
    "--show-leak-kinds=definite,indirect",
    /* Leaks are judged from their summary; the error count is for memory. */
    "--errors-for-leak-kinds=none",
};

enum { NVALGRIND = sizeof valgrind_options / sizeof *valgrind_options };

struct place {
    const char *key, *value;
};

/* text with each placeholder replaced; allocated. */
static char *replace(const char *text, const struct place *p, size_t n)
{
    char *out = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&out, &size);

    if (!f)
        return NULL;
    while (*text) {
        size_t i = 0;

        while (i < n && strncmp(text, p[i].key, strlen(p[i].key)) != 0)
            i++;
        if (i == n) {
            fputc(*text++, f);
        } else {
            fputs(p[i].value, f);
            text += strlen(p[i].key);
        }
    }
    if (fclose(f) != 0) {
        free(out);
        return NULL;
    }
    return out;
}

static bool tells_address(const char *text)
{
    return strstr(text, "{ip}") || strstr(text, "{port}");
}

static bool in_configs(const struct target *t, const char *placeholder)
{
    for (size_t i = 0; i < t->nconfigs; i++)
        if (strstr(t->config[i].text, placeholder))
            return true;
    return false;
}

bool target_configures_address(const struct target *t)
{
    return in_configs(t, "{ip}") || in_configs(t, "{port}");
}

static bool has_placeholder(const struct target *t)
{
    for (char *const *word = t->command; *word; word++)
        if (tells_address(*word))
            return true;
    return target_configures_address(t);
}

bool target_appends_address(const struct target *t)
{
    return t->command && !t->fixed && !has_placeholder(t);
}

enum { PLACES = 3 + TARGET_CONFIGS, KEY = 16 };

/* Every placeholder and what stands for it; those of the address last. */
struct places {
    struct place of[PLACES];
    size_t n;
    char key[TARGET_CONFIGS][KEY];
    char path[TARGET_CONFIGS][PATH_MAX];
};

static void fill_places(struct places *p, const struct target *t,
                        const char *ip, const char *port, const char *dir)
{
    p->n = 0;
    p->of[p->n++] = (struct place){ "{dir}", dir };
    for (size_t i = 0; i < t->nconfigs; i++) {
        snprintf(p->key[i], KEY, i ? "{config%zu}" : "{config}", i + 1);
        snprintf(p->path[i], PATH_MAX, "%s/%s", dir, t->config[i].name);
        p->of[p->n++] = (struct place){ p->key[i], p->path[i] };
    }
    if (t->fixed || !ip)
        return;
    p->of[p->n++] = (struct place){ "{ip}", ip };
    p->of[p->n++] = (struct place){ "{port}", port };
}

char *target_text(const struct target *t, const char *text, const char *ip,
                  const char *port, const char *dir)
{
    struct places *p = malloc(sizeof *p);
    char *made = NULL;

    if (p) {
        fill_places(p, t, ip, port, dir);
        made = replace(text, p->of, p->n);
    }
    free(p);
    return made;
}

static size_t count(char *const *argv)
{
    size_t n = 0;

    while (argv[n])
        n++;
    return n;
}

static bool is_placeholder(const char *word)
{
    return strcmp(word, "{ip}") == 0 || strcmp(word, "{port}") == 0;
}

bool target_embeds_address(const struct target *t)
{
    for (char *const *word = t->command; *word; word++)
        if (!is_placeholder(*word) && tells_address(*word))
            return true;
    return false;
}

static bool tells(const struct target *t, const char *placeholder)
{
    if (!has_placeholder(t))
        return true;
    for (char *const *word = t->command; *word; word++)
        if (strstr(*word, placeholder))
            return true;
    return in_configs(t, placeholder);
}

bool target_uses_dir(const struct target *t)
{
    for (char *const *word = t->command; *word; word++)
        if (strstr(*word, "{dir}"))
            return true;
    return in_configs(t, "{dir}");
}

bool target_tells_ip(const struct target *t)
{
    return tells(t, "{ip}");
}

bool target_tells_port(const struct target *t)
{
    return tells(t, "{port}");
}

/* valgrind replaces what follows a % in the name of its log, so that a % in our
   path is doubled. */
static size_t put_valgrind(char **argv, const char *logs)
{
    static const struct place percent = { "%", "%%" };
    char *name = replace(logs, &percent, 1);
    size_t n = 0;

    for (; n < NVALGRIND; n++)
        argv[n] = strdup(valgrind_options[n]);
    if (!name || asprintf(&argv[n], "--log-file=%s/v.%%p.log", name) < 0)
        argv[n] = NULL;
    free(name);
    return n + 1;
}

char **target_argv(const struct target *t, const char *ip, const char *port,
                   const char *dir, const char *logs)
{
    size_t n = 0, i;
    char **argv = calloc(count(t->command) + NVALGRIND + 4, sizeof *argv);
    bool ok = argv != NULL;

    if (ok && t->valgrind)
        n = put_valgrind(argv, logs);
    for (i = 0; ok && t->command[i]; i++)
        if (ip || t->fixed || !is_placeholder(t->command[i]))
            argv[n++] = target_text(t, t->command[i], ip, port, dir);
    if (ok && ip && !t->fixed && !has_placeholder(t)) {
        argv[n++] = strdup(ip);
        argv[n++] = strdup(port);
    }
    for (i = 0; ok && i < n; i++)
        ok = argv[i] != NULL;
    if (ok)
        return argv;
    for (i = 0; argv && i < n; i++)
        free(argv[i]);
    free(argv);
    return NULL;
}

void target_argv_free(char **argv)
{
    for (size_t i = 0; argv && argv[i]; i++)
        free(argv[i]);
    free(argv);
}

static bool runnable(const char *path)
{
    return access(path, X_OK) == 0;
}

bool target_find(const char *command, char *path, size_t size)
{
    const char *dirs = getenv("PATH");

    if (strchr(command, '/')) {
        snprintf(path, size, "%s", command);
        return runnable(path);
    }
    for (dirs = dirs ? dirs : "/bin:/usr/bin";; dirs++) {
        size_t n = strcspn(dirs, ":");

        snprintf(path, size, "%.*s%s%s", (int)n, dirs, n ? "/" : "", command);
        if (runnable(path))
            return true;
        dirs += n;
        if (!*dirs)
            return false;
    }
}

bool target_beside(const char *name, const char *place, char *path, size_t size)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash;

    self[n < 0 ? 0 : n] = '\0';
    slash = strrchr(self, '/');
    if (slash) {
        *slash = '\0';
        if ((size_t)snprintf(path, size, "%s/%s", self, name) < size &&
            access(path, F_OK) == 0)
            return true;
        if ((size_t)snprintf(path, size, "%s/../%s/%s", self, place, name) <
                size &&
            access(path, F_OK) == 0)
            return true;
    }
    return target_find(name, path, size);
}

bool target_is_dynamic(const struct target *t)
{
    char path[PATH_MAX];
    bool dynamic = true;
    int fd;

    if (!t->command || !target_find(t->command[0], path, sizeof path))
        return true;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        dynamic = !elf_is_static(fd);
        close(fd);
    }
    return dynamic;
}
