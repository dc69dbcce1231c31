/* SPDX-License-Identifier: MIT */
/* A report is read elsewhere and later: it says itself where its figures come
   from. Nothing here is judged, so that what is not known is left out. */
#include "plan/environment.h"

#include <gnu/libc-version.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

/* "valgrind-3.19.0", as it prints it, without its name. */
static void look_at_valgrind(char *version, size_t size)
{
    static const char name[] = "valgrind-";
    const size_t n = sizeof name - 1;
    FILE *in = popen("exec valgrind --version 2>/dev/null", "re");
    char line[64] = "";

    if (!in)
        return;
    if (fgets(line, sizeof line, in) && strncmp(line, name, n) == 0)
        (void)snprintf(version, size, "%.*s", (int)strcspn(line + n, "\n"),
                       line + n);
    (void)pclose(in); /* a status tells no more than the line */
}

void environment_look(struct run_info *info)
{
    struct utsname machine;
    struct sysinfo memory;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    if (uname(&machine) == 0) {
        (void)snprintf(info->host, sizeof info->host, "%s", machine.nodename);
        (void)snprintf(info->kernel, sizeof info->kernel, "%s",
                       machine.release);
        (void)snprintf(info->arch, sizeof info->arch, "%s", machine.machine);
    }
    if (sysinfo(&memory) == 0)
        info->memory_bytes = (uint64_t)memory.totalram * memory.mem_unit;
    info->cores = cores > 0 ? cores : 0;
    info->libc = gnu_get_libc_version();
    if (info->valgrind)
        look_at_valgrind(info->valgrind_version, sizeof info->valgrind_version);
}
