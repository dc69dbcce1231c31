/* SPDX-License-Identifier: MIT */
/* Wiring; the only exit. */
#include "fault/fault_errnos.h"
#include "base/deadline.h"
#include "plan/doctor.h"
#include "run/expect.h"
#include "catalogue/list.h"
#include "plan/options.h"
#include "run/own_process.h"
#include "plan/plan.h"
#include "linux/procfs.h"
#include "run/run.h"
#include "catalogue/select.h"
#include "base/status.h"
#include "linux/signals.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef VERSION
#define VERSION "1.0.0"
#endif

enum { VALGRIND_SCALE = 20 };

struct wiring {
    struct reporter reporters[RUN_REPORTERS];
    size_t n;
};

static int complain(int status, const char *what, const char *why)
{
    fprintf(stderr, "harness: %s: %s\n", what, why);
    return status;
}

static int add_report(struct wiring *w, const char *path,
                      void (*fill)(struct reporter *r))
{
    struct reporter *r = &w->reporters[w->n];

    if (!path)
        return 0;
    fill(r);
    if (sink_open(&r->sink, path) < 0) {
        complain(STATUS_USAGE, path, strerror(errno));
        return -1;
    }
    w->n++;
    return 0;
}

/* The terminal's report goes where no other goes. */
static int open_reports(struct wiring *w, const struct options *o)
{
    const char *path[] = { o->tap, o->junit, o->json, o->html };
    struct reporter *r = &w->reporters[0];
    bool taken = false;

    for (size_t i = 0; i < sizeof path / sizeof *path; i++)
        taken |= path[i] && strcmp(path[i], "-") == 0;
    report_terminal(r);
    r->sink = (struct sink){ .out = taken ? stderr : stdout };
    r->color = options_color(o, taken ? STDERR_FILENO : STDOUT_FILENO);
    r->verbosity = o->verbosity;
    w->n = 1;
    if (add_report(w, o->tap, report_tap) < 0 ||
        add_report(w, o->junit, report_junit) < 0 ||
        add_report(w, o->json, report_json) < 0 ||
        add_report(w, o->html, report_html) < 0)
        return -1;
    return 0;
}

static void discard_reports(struct wiring *w)
{
    for (size_t i = 1; i < w->n; i++)
        sink_discard(&w->reporters[i].sink);
}

/* The terminal's last: its last line is the last on stdout. Returns 0, or -1
   if a report was not written. */
static int end_reports(struct wiring *w, const struct run *run)
{
    int rc = 0;

    for (size_t i = w->n; i-- > 0; ) {
        struct reporter *r = &w->reporters[i];
        const char *path = r->sink.path ? r->sink.path : "stdout";
        char name[256];

        snprintf(name, sizeof name, "%s", path);
        if (r->end(r, run->info, run->results) < 0 ||
            (i > 0 ? sink_commit(&r->sink) : fflush(r->sink.out)) < 0) {
            complain(STATUS_TROUBLE, name, strerror(errno));
            rc = -1;
        }
    }
    return rc;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash && slash[1] ? slash + 1 : path;
}

static struct run_info make_info(const struct options *o,
                                 const struct plan *p)
{
    struct run_info info = {
        .mode = o->command == COMMAND_CONFORM ? MODE_CONFORM : MODE_STRESS,
        .seed = o->seed, .version = VERSION,
        .role = o->client ? "client" : "server",
        .command = p->target.command, .port = p->target.port,
        .valgrind = o->valgrind, .strict = o->strict,
        .replay = o->replay, .replay_selector = o->replay_selector,
        .load = { .clients = o->clients },
    };

    info.name = o->name ? o->name : p->target.command ?
                base_name(p->target.command[0]) : p->target.ip;
    snprintf(info.address, sizeof info.address, "%s", p->target.ip);
    clock_gettime(CLOCK_REALTIME, &info.started_at);
    return info;
}

/* What is read from files and the catalogue before anything starts. */
struct orders {
    struct selection selection;     /* conform only */
    struct expect expect;
};

static int run_it(struct run *run, const struct orders *orders)
{
    if (run->info->mode == MODE_STRESS)
        return run_stress(run);
    return run_conform(run, orders->selection.cases, orders->selection.n);
}

static int run_and_report(const struct options *o, const struct plan *p,
                          const struct orders *orders, struct wiring *w)
{
    struct run_info info = make_info(o, p);
    int64_t from = deadline_now_ns();
    struct results results;
    struct run run = {
        .plan = p, .info = &info, .results = &results,
        .expect = &orders->expect,
        .reporters = w->reporters, .nreporters = w->n,
        .progress = o->verbosity >= 0 && isatty(STDERR_FILENO),
    };
    int status;

    results_init(&results);
    for (size_t i = 0; i < w->n; i++)
        w->reporters[i].begin(&w->reporters[i], &info);
    if (run_it(&run, orders) < 0) {
        status = complain(STATUS_TROUBLE, "cannot start", strerror(errno));
        discard_reports(w);
    } else {
        info.wall_seconds = (double)(deadline_now_ns() - from) / 1e9;
        status = run_status(&run);
        if (end_reports(w, &run) < 0 && status < STATUS_SIGNAL &&
            status != STATUS_TARGET)
            status = STATUS_TROUBLE;
        if (o->update_expect &&
            expect_write(&orders->expect, o->expect, &results,
                         o->strict) < 0)
            status = complain(STATUS_TROUBLE, o->expect, strerror(errno));
    }
    free(info.audit.leaked);
    results_free(&results);
    return status;
}

/* --call and --errno are names of what fault/nth-call walks; a misspelt one
   would walk nothing. */
static bool check_fault(const struct options *o, char *why, size_t size)
{
    if (o->call && !fault_walks(o->call))
        snprintf(why, size, "--call: '%s' is not a call that fault/nth-call "
                 "walks (accept, fork, recv, send, close, poll, setsid, chdir, "
                 "open, dup)", o->call);
    else if (o->error && !fault_errno_called(o->error))
        snprintf(why, size, "--errno: '%s' is not the name of an error",
                 o->error);
    else
        return true;
    return false;
}

/* Returns 0, or the exit status with one line in why. */
static int make_orders(struct orders *orders, const struct options *o,
                       char *why, size_t size)
{
    memset(orders, 0, sizeof *orders);
    if (o->expect && expect_read(&orders->expect, o->expect,
                                 o->update_expect, why, size) < 0)
        return STATUS_USAGE;
    if (o->command != COMMAND_CONFORM)
        return 0;
    if (select_cases(&orders->selection, o->selectors, o->valgrind, o->client,
                     why, size) < 0 || !check_fault(o, why, size))
        return STATUS_USAGE;
    if (orders->selection.n)
        return 0;
    snprintf(why, size, "no case is selected%s", o->valgrind ? "" :
             " (memory/ needs --valgrind, client/ needs --client)");
    return STATUS_USAGE;
}

static int test(const struct options *o)
{
    struct wiring w = { .n = 0 };
    struct orders orders = { .expect = { NULL, 0 } };
    struct plan p = { .options = o };
    char why[1024];
    int status;

    deadline_set_scale(o->timeout_scale * (o->valgrind ? VALGRIND_SCALE : 1));
    if (signals_catch() < 0)
        return complain(STATUS_TROUBLE, "signals", strerror(errno));
    if (open_reports(&w, o) < 0) {
        discard_reports(&w);
        return STATUS_USAGE;
    }
    status = make_orders(&orders, o, why, sizeof why);
    if (status == 0)
        status = plan_make(&p, o, why, sizeof why);
    if (status == 0) {
        status = run_and_report(o, &p, &orders, &w);
    } else {
        fprintf(stderr, "harness: %s\n", why);
        discard_reports(&w);
    }
    plan_free(&p);
    selection_free(&orders.selection);
    expect_free(&orders.expect);
    return status;
}

/* The status; in a process of its own, whose flow comes back to main. */
static int test_apart(const struct options *o)
{
    char why[256];
    int status;

    if (!procfs_is_ours(why, sizeof why))
        return complain(STATUS_TROUBLE, "cannot start", why);
    status = own_process();
    return status == OWN_PROCESS_GO ? test(o) : status;
}

int main(int argc, char **argv)
{
    struct options o;
    int status = 0;

    if (options_parse(&o, argc, argv) < 0) {
        options_free(&o);
        return STATUS_USAGE;
    }
    switch (o.command) {
    case COMMAND_HELP:
        options_help(stdout);
        break;
    case COMMAND_VERSION:
        puts("harness (echo64) " VERSION);
        break;
    case COMMAND_DOCTOR:
        status = doctor_run();
        break;
    case COMMAND_LIST:
        status = list_list(&o);
        break;
    case COMMAND_EXPLAIN:
        status = list_explain(&o);
        break;
    default:
        status = test_apart(&o);
    }
    options_free(&o);
    if (fflush(stdout) != 0 && status == 0)
        status = complain(STATUS_TROUBLE, "stdout", strerror(errno));
    return status;
}
