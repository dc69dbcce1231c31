/* SPDX-License-Identifier: MIT */
/* What can be refused is refused here, before a target or a client is started:
   missing executables, bad fixtures, a crowd for which the machine has no room.
   The room may be gone later all the same: scarce.h looks again when something
   fails. */
#include "plan/plan.h"

#include "base/status.h"
#include "base/values.h"
#include "client/protocol_file.h"
#include "linux/host_limits.h"
#include "network/host_lookup.h"
#include "plan/fixtures.h"
#include "plan/protocol_load.h"
#include "plan/text_file.h"
#include "sandbox/sandbox.h"
#include "target/subject.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Beside the crowd: the target's other processes, the harness's own, and what
   the machine starts meanwhile. */
enum { SPARE_PROCESSES = 64, CONFIG_BYTES = 1 << 20 };

/* -n where there are no fixtures. */
enum { EXCHANGES = 64 };

static int refuse(int status, char *why, size_t size, const char *text)
{
    snprintf(why, size, "%s", text);
    return status;
}

static int plan_connect(struct plan *p, char *why, size_t size)
{
    const struct options *o = p->options;
    char wrong[256];
    const char *never;

    switch (host_lookup(o->connect_host, o->connect_port, p->connect_ip, wrong,
                        sizeof wrong)) {
    case HOST_FOUND:
        break;
    case HOST_UNKNOWN:
        snprintf(why, size, "--connect: '%s': %s", o->connect_host, wrong);
        return STATUS_USAGE;
    case HOST_TROUBLE:
        snprintf(why, size, "--connect: cannot look up '%s': %s",
                 o->connect_host, wrong);
        return STATUS_TROUBLE;
    }
    never = value_unreachable(p->connect_ip);
    if (!never)
        return 0;
    snprintf(why, size,
             "--connect: '%s' is %s, %s: no TCP server can be reached there",
             o->connect_host, p->connect_ip, never);
    return STATUS_USAGE;
}

static int plan_target(struct plan *p, char *why, size_t size)
{
    const struct options *o = p->options;
    struct target *t = &p->target;
    const char *program = o->client ? "echo64" : "echo64d";
    char path[PATH_MAX];

    t->valgrind = o->valgrind;
    t->pid_file = o->pid_file;
    t->runs_as = o->runs_as;
    if (t->runs_as && !getpwnam(t->runs_as)) {
        snprintf(why, size, "--runs-as: there is no user '%s'", t->runs_as);
        return STATUS_USAGE;
    }
    t->ip = o->address;
    t->command = o->target;
    if (o->connect_host) {
        t->attach = true;
        t->attach_pid = (pid_t)o->pid;
        t->ip = p->connect_ip;
        t->port = o->connect_port;
        return plan_connect(p, why, size);
    }
    if (!t->command) {
        if (!target_beside(program, "bin", p->program_path,
                           sizeof p->program_path)) {
            snprintf(why, size,
                     "no COMMAND given, and no %s beside harness "
                     "or in PATH",
                     program);
            return STATUS_USAGE;
        }
        p->program[0] = p->program_path;
        t->command = p->program;
    }
    if (o->listens_ip) {
        t->fixed = true;
        t->ip = o->listens_ip;
        t->port = o->listens_port;
    }
    if (o->valgrind && !target_find("valgrind", path, sizeof path))
        return refuse(STATUS_TROUBLE, why, size,
                      "--valgrind: no valgrind in "
                      "PATH (Debian: apt-get install valgrind)");
    return 0;
}

static int plan_protocol(struct plan *p, char *why, size_t size)
{
    const struct options *o = p->options;
    char wrong[512];
    int rc;

    if (o->send) {
        rc = protocol_of_strings(&p->protocol, o->send, o->receive, why, size);
    } else {
        rc = protocol_load(&p->protocol, o->protocol ? o->protocol : "echo",
                           wrong, sizeof wrong);
        if (rc < 0)
            snprintf(why, size, "--protocol: %s", wrong);
    }
    if (rc == 0 && o->nfixtures && !p->protocol.echo) {
        snprintf(why, size, "-f, --fixtures: of echo alone, not of %s",
                 p->protocol.name);
        rc = -1;
    }
    return rc < 0 ? STATUS_USAGE : 0;
}

/* Base names must differ: all copies stand in one directory. */
static int plan_configs(struct plan *p, char *why, size_t size)
{
    const struct options *o = p->options;
    struct target *t = &p->target;

    for (size_t i = 0; i < o->nconfigs; i++) {
        const char *path = o->configs[i], *slash = strrchr(path, '/');
        struct config c = { path, slash ? slash + 1 : path, NULL };
        char wrong[512];
        size_t n;

        for (size_t k = 0; k < i; k++)
            if (strcmp(t->config[k].name, c.name) == 0) {
                snprintf(why, size, "--config: two files are called '%s'",
                         c.name);
                return STATUS_USAGE;
            }
        c.text = text_file(path, CONFIG_BYTES, &n, wrong, sizeof wrong);
        if (c.text && strlen(c.text) < n)
            snprintf(wrong, sizeof wrong, "%s: it holds a NUL byte", path);
        if (!c.text || strlen(c.text) < n) {
            snprintf(why, size, "--config: %s", wrong);
            free(c.text);
            return STATUS_USAGE;
        }
        t->config[t->nconfigs++] = c;
    }
    return 0;
}

static int plan_fixtures(struct plan *p, char *why, size_t size)
{
    const struct options *o = p->options;
    struct fixtures f = { NULL, 0 };
    char path[PATH_MAX];
    int rc = 0;

    if (!p->protocol.echo) {
        p->frames = o->frames ? (uint32_t)o->frames : EXCHANGES;
        return 0;
    }
    if (o->nfixtures == 0) {
        /* As built, then as installed. */
        if (!target_beside("../fixtures/frames", ".", path, sizeof path) &&
            !target_beside("frames", "share/echo64", path, sizeof path))
            return refuse(STATUS_USAGE, why, size,
                          "no fixtures/frames found "
                          "beside harness: give -f PATH");
        rc = fixtures_add(&f, path, why, size);
    }
    for (size_t i = 0; rc == 0 && i < o->nfixtures; i++)
        rc = fixtures_add(&f, o->fixtures[i], why, size);
    if (rc < 0) {
        fixtures_free(&f);
        return STATUS_USAGE;
    }
    p->fixtures = f.frames;
    p->nfixtures = (uint32_t)f.n;
    p->frames = o->frames ? (uint32_t)o->frames : 2 * (uint32_t)f.n;
    return 0;
}

/* What a target prints goes to files without a name. They have their full
   length from the start, which RLIMIT_FSIZE must allow. */
static int plan_files(char *why, size_t size)
{
    struct rlimit most;

    if (getrlimit(RLIMIT_FSIZE, &most) < 0 ||
        most.rlim_cur >= SUBJECT_OUTPUT_BYTES)
        return 0;
    snprintf(why, size,
             "a file may have %llu bytes (ulimit -f, RLIMIT_FSIZE), "
             "and %d are needed",
             (unsigned long long)most.rlim_cur, SUBJECT_OUTPUT_BYTES);
    return STATUS_TROUBLE;
}

/* Without room for the smallest target a right one could not be told from a
   wrong one. */
static int plan_least(char *why, size_t size)
{
    enum { FEWEST_PROCESSES = PLAN_CASE_PROCESSES + 2 };
    char which[512];
    long room = host_limits_processes(which, sizeof which);

    if (room >= 0 && room < FEWEST_PROCESSES) {
        snprintf(why, size, "needs %d processes; there is room for %ld: %s",
                 FEWEST_PROCESSES, room, which);
        return STATUS_TROUBLE;
    }
    return 0;
}

static int plan_room(const struct plan *p, char *why, size_t size)
{
    const struct options *o = p->options;
    char which[512];
    long need, room;

    /* Each client is one process and is served by another. */
    need =
        o->clients > (1L << 40) ? o->clients : 2 * o->clients + SPARE_PROCESSES;
    room = host_limits_processes(which, sizeof which);
    if (room >= 0 && need > room) {
        snprintf(why, size,
                 "-c %ld needs %ld processes, two for each client; "
                 "there is room for %ld: %s",
                 o->clients, need, room, which);
        return STATUS_TROUBLE;
    }
    room = SANDBOX_PORTS;
    snprintf(which, sizeof which, "one client address has %ld ports", room);
    if (o->no_isolation || o->connect_host)
        room = host_limits_ports(which, sizeof which);
    if (o->clients + SPARE_PROCESSES > room) {
        snprintf(why, size, "-c %ld: there is room for %ld connections: %s",
                 o->clients, room, which);
        return STATUS_TROUBLE;
    }
    return 0;
}

static int plan_crowd(struct plan *p, char *why, size_t size)
{
    if (target_beside("harness-crowd", "libexec/echo64", p->crowd_path,
                      sizeof p->crowd_path))
        return 0;
    return refuse(STATUS_TROUBLE, why, size,
                  "harness-crowd, the clients' executable, is not beside "
                  "harness nor in ../libexec/echo64");
}

int plan_make(struct plan *p, const struct options *o, char *why, size_t size)
{
    int rc;

    memset(p, 0, sizeof *p);
    p->options = o;
    rc = plan_least(why, size);
    if (rc == 0)
        rc = plan_protocol(p, why, size);
    if (rc == 0)
        rc = plan_configs(p, why, size);
    if (rc == 0)
        rc = plan_target(p, why, size);
    if (rc == 0)
        rc = plan_fixtures(p, why, size);
    if (rc == 0 && o->command == COMMAND_STRESS)
        rc = plan_room(p, why, size);
    if (rc == 0)
        rc = plan_crowd(p, why, size);
    if (rc == 0)
        rc = plan_files(why, size);
    return rc;
}

void plan_free(struct plan *p)
{
    free(p->fixtures);
    p->fixtures = NULL;
    for (size_t i = 0; i < p->target.nconfigs; i++)
        free(p->target.config[i].text);
    p->target.nconfigs = 0;
}

double plan_timeout_ms(const struct plan *p)
{
    return p->options->timeout * 1000;
}
