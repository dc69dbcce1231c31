/* SPDX-License-Identifier: MIT */
/* Names of executables: which are an interpreter's, and which only begin like
   one. */
#include "kit/runtime_detect.h"

#include "base/check.h"

static void known(const char *name, bool is)
{
    if (runtime_is_name(name) != is)
        fprintf(stderr, "%s:\n", name);
    CHECK_INT(runtime_is_name(name), is);
}

int main(void)
{
    static const char *const interpreters[] = {
        "python3.11", "python",  "python3-dbg", "perl",      "perl5.36",
        "node",       "node20",  "nodejs",      "lua",       "lua5.4",
        "luajit",     "ruby3.1", "java",        "beam.smp",  "php-fpm8.2",
        "mono-sgen",  "pypy3",   "tclsh8.6",    "guile-3.0", "java (deleted)",
        "ocamlrun",
    };
    static const char *const others[] = {
        "monolith", "nodeatd", "luanti",  "javascript", "bundle",
        "perlite",  "rubyist", "echo64d", "",           "py",
    };

    for (size_t i = 0; i < sizeof interpreters / sizeof *interpreters; i++)
        known(interpreters[i], true);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        known(others[i], false);
    return check_result();
}
