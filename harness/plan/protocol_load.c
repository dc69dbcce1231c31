/* SPDX-License-Identifier: MIT */
/* A NAME is looked for where this harness was built, then where it is
   installed; anything with a slash or a dot is a path, and looked for nowhere
   else. */
#include "plan/protocol_load.h"

#include "base/status.h"
#include "client/protocol_file.h"
#include "plan/text_file.h"
#include "target/command.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is too much is told by line and column, too: so that is read. */
enum { READ_BYTES = 4 << 20 };

static bool is_name(const char *name)
{
    return *name && !strpbrk(name, "/.");
}

static bool is_echo(const char *name)
{
    return strcmp(name, "echo") == 0;
}

/* As built, then as installed. */
static bool find_directory(char *path, size_t size)
{
    return target_beside("../fixtures/protocols", ".", path, size) ||
           target_beside("protocols", "share/echo64", path, size);
}

/* Echo is told without its file, which is there to be read. */
static int is_visible(const struct dirent *e)
{
    return e->d_name[0] != '.' && !is_echo(e->d_name);
}

/* Those of the directory, sorted; *n is 0 if there is none. */
static struct dirent **names_of(int *n)
{
    struct dirent **names = NULL;
    char path[PATH_MAX];

    *n = find_directory(path, sizeof path)
             ? scandir(path, &names, is_visible, alphasort)
             : 0;
    *n = *n < 0 ? 0 : *n;
    return names;
}

static void free_names(struct dirent **names, int n)
{
    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
}

static bool is_listed(const char *name)
{
    struct dirent **names;
    bool found = false;
    int n;

    names = names_of(&n);
    for (int i = 0; i < n; i++)
        found |= strcmp(names[i]->d_name, name) == 0;
    free_names(names, n);
    return found;
}

/* The text of a protocol that has a name; the caller frees. */
static char *text_of_name(const char *name, size_t *n, char *why, size_t size)
{
    char path[PATH_MAX], file[PATH_MAX + NAME_MAX + 2];
    char *text;

    if (is_echo(name)) {
        *n = strlen(protocol_echo_text);
        text = strdup(protocol_echo_text);
        if (!text)
            snprintf(why, size, "%s", strerror(errno));
        return text;
    }
    if (!find_directory(path, sizeof path) || !is_listed(name)) {
        snprintf(why, size,
                 "no protocol is called '%s' ('harness protocol' lists them; a "
                 "file of yours has a slash or a dot in its name: ./%s)",
                 name, name);
        return NULL;
    }
    snprintf(file, sizeof file, "%s/%s", path, name);
    return text_file(file, READ_BYTES, n, why, size);
}

int protocol_load(struct protocol *p, const char *name, char *why, size_t size)
{
    char wrong[256];
    const char *slash = strrchr(name, '/');
    size_t n;
    char *text = is_name(name) ? text_of_name(name, &n, why, size)
                               : text_file(name, READ_BYTES, &n, why, size);
    int rc;

    if (!text)
        return -1;
    rc = protocol_parse(p, slash ? slash + 1 : name, text, n, wrong,
                        sizeof wrong);
    if (rc < 0)
        snprintf(why, size, "%s:%s", name, wrong);
    free(text);
    return rc;
}

/* The first comment of a protocol's file says what it is. */
static void print_line(const char *name)
{
    char why[512];
    size_t n;
    char *text = text_of_name(name, &n, why, sizeof why);
    size_t skip = text ? strspn(text, "# ") : 0;

    printf("%-12s %.*s\n", name, text ? (int)strcspn(text + skip, "\n") : 0,
           text ? text + skip : "");
    free(text);
}

static int print_list(void)
{
    struct dirent **names;
    bool told = false;
    int n;

    names = names_of(&n);
    for (int i = 0; i < n; i++) {
        if (!told && strcmp(names[i]->d_name, "echo") > 0) {
            print_line("echo");
            told = true;
        }
        print_line(names[i]->d_name);
    }
    if (!told)
        print_line("echo");
    free_names(names, n);
    return 0;
}

int protocol_print(const char *name)
{
    char why[512];
    size_t n;
    char *text;

    if (!name)
        return print_list();
    text = is_name(name) ? text_of_name(name, &n, why, sizeof why) : NULL;
    if (!text) {
        if (!is_name(name))
            snprintf(why, sizeof why, "'%s' is no name of a protocol", name);
        fprintf(stderr, "harness: protocol: %s\n", why);
        return STATUS_USAGE;
    }
    fwrite(text, 1, n, stdout);
    free(text);
    return 0;
}
