/* SPDX-License-Identifier: MIT */
/* What is to be tested and how it is called: the command with its
   placeholders. Nothing is started here. */
#ifndef COMMAND_H
#define COMMAND_H

#include "base/address.h"

#include <stdbool.h>
#include <stddef.h>

/* A configuration file: {config}, or {config2} ... in COMMAND stand for a copy
   of it, below the same name, in the directory of each start. */
struct config {
    const char *path; /* as given */
    const char *name; /* its base name */
    char *text;       /* with its placeholders; owned by the plan */
};

enum { TARGET_CONFIGS = 8 };

struct target {
    char *const *command; /* as given, NULL-terminated; NULL: --connect */
    const char *ip;       /* what {ip} stands for */
    int port;             /* what {port} stands for; 0: chosen in the sandbox */
    bool fixed;           /* --listens: nothing is appended or replaced */
    bool attach;          /* --connect */
    pid_t attach_pid;     /* --pid, or 0 */
    bool valgrind;
    struct config config[TARGET_CONFIGS];
    size_t nconfigs;
    const char *pid_file; /* where the server writes its pid, with
                             placeholders; or NULL */
    const char *runs_as;  /* the user that serves clients, which exists; or
                             NULL */
};

/* Make the argument vector. ip and port are words, since a case may want to
   give wrong ones. {ip}, {port} and {dir} are replaced; ip and port are
   appended if no argument has either. ip NULL: the address is left out, with
   every argument that is just a placeholder of it. Under valgrind its options
   come first, and each process writes a log into logs. Allocated whole; free
   with target_argv_free. NULL: no memory. */
char **target_argv(const struct target *t, const char *ip, const char *port,
                   const char *dir, const char *logs);

/* Text with {dir}, {config}, and {ip} and {port} unless COMMAND listens where
   it is its own choice, replaced. Allocated; NULL: no memory. */
char *target_text(const struct target *t, const char *text, const char *ip,
                  const char *port, const char *dir);

/* True if {ip} or {port} stands inside a longer argument, so that the address
   cannot be left out. */
bool target_embeds_address(const struct target *t);
/* True if one of them stands in a configuration file. */
bool target_configures_address(const struct target *t);
/* True if the address is appended, since nobody has said where it goes. */
bool target_appends_address(const struct target *t);
/* True if {dir} stands in the command or in a configuration file. */
bool target_uses_dir(const struct target *t);
/* True if the command is told an address; and if it is told a port. */
bool target_tells_ip(const struct target *t);
bool target_tells_port(const struct target *t);
void target_argv_free(char **argv);

/* True if valgrind can replace malloc in it: not a static ELF executable.
   A command that cannot be read counts as dynamic. */
bool target_is_dynamic(const struct target *t);

/* The path that execvp(3) would take; false if there is none. */
bool target_find(const char *command, char *path, size_t size);

/* NAME beside this program's own executable, else in ../PLACE, else in PATH:
   where the parts of the project find each other, built or installed. */
bool target_beside(const char *name, const char *place, char *path,
                   size_t size);

#endif
