/* SPDX-License-Identifier: MIT */
/* Wiring: options, plan, reports and run meet here, and only main returns an
   exit status to the system. From own_process on there are two processes: the
   parent, which only waits, and the child, which does the rest. */
#include "base/deadline.h"
#include "base/status.h"
#include "catalogue/list.h"
#include "catalogue/rerun.h"
#include "catalogue/select.h"
#include "fault/fault_errnos.h"
#include "judge/likely_causes.h"
#include "linux/file_watch.h"
#include "linux/signals.h"
#include "plan/doctor.h"
#include "plan/environment.h"
#include "plan/options.h"
#include "plan/plan.h"
#include "plan/preflight.h"
#include "plan/protocol_load.h"
#include "plan/watch.h"
#include "report/reports.h"
#include "reread/reread.h"
#include "run/expect.h"
#include "run/own_process.h"
#include "run/run.h"
#include "target/start_hint.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#ifndef VERSION
#define VERSION "1.0.0"
#endif

static int complain(int status, const char *what, const char *why)
{
    fprintf(stderr, "harness: %s: %s\n", what, why);
    return status;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash && slash[1] ? slash + 1 : path;
}

static struct run_info make_info(const struct options *o, const struct plan *p)
{
    struct run_info info = {
        .mode = o->command == COMMAND_CONFORM ? MODE_CONFORM : MODE_STRESS,
        .seed = o->seed,
        .version = VERSION,
        .role = o->client ? "client" : "server",
        .protocol = p->protocol.name,
        .command = p->target.command,
        .port = p->target.port,
        .model = "unknown", /* until it has come up */
        .valgrind = o->valgrind,
        .strict = o->strict,
        .replay = o->replay,
        .replay_selector = o->replay_selector,
        .load = { .clients = o->clients },
    };

    info.name = o->name             ? o->name
                : p->target.command ? base_name(p->target.command[0])
                                    : o->connect_host;
    if (p->protocol.echo && p->target.command) {
        const char *word, *name = start_hint_protocol(p->target.command, &word);

        snprintf(info.speaks, sizeof info.speaks, "%s", name ? name : "");
    }
    environment_look(&info);
    snprintf(info.address, sizeof info.address, "%s", p->target.ip);
    clock_gettime(CLOCK_REALTIME, &info.started_at);
    return info;
}

/* What is read from files and the catalogue before anything starts. */
struct orders {
    struct selection selection; /* conform only */
    struct expect expect;
};

static int run_it(struct run *run, const struct orders *orders)
{
    if (run->info->mode == MODE_STRESS)
        return run_stress(run);
    return run_conform(run, orders->selection.cases, orders->selection.n);
}

/* Some of what is written at the end was not written; errno says why. */
static int unwritten(int status)
{
    if (errno == EINTR)
        return 128 + signals_come();
    return status > STATUS_SIGNAL || status == STATUS_TARGET ? status
                                                             : STATUS_TROUBLE;
}

static int finish(struct run *run, const struct orders *orders,
                  struct reports *reports)
{
    const struct options *o = run->plan->options;
    int status = run_status(run);

    likely_causes_find(run->results);
    if (reports_end(reports, run->info, run->results) < 0)
        status = unwritten(status);
    if (o->update_expect && expect_write(&orders->expect, &reports->expect,
                                         run->results, o->strict) < 0) {
        status = unwritten(status);
        fprintf(reports->messages.out, "harness: %s: %s\n", o->expect,
                sink_error(errno));
    }
    if (sink_commit(&reports->messages) < 0 && errno == EINTR)
        status = unwritten(status);
    return status;
}

static int run_and_report(const struct options *o, const struct plan *p,
                          const struct orders *orders, struct reports *reports)
{
    struct run_info info = make_info(o, p);
    int64_t from = deadline_now_ns();
    struct results results;
    struct run run = {
        .plan = p,
        .info = &info,
        .results = &results,
        .expect = &orders->expect,
        .reports = reports,
        .progress = o->verbosity >= 0 && isatty(STDERR_FILENO),
    };
    int status;

    results_init(&results);
    reports_begin(reports, &info);
    if (run_it(&run, orders) < 0) {
        status = complain(STATUS_TROUBLE, "cannot start", strerror(errno));
        reports_discard(reports);
    } else {
        /* Whole milliseconds: the JSON report has them exactly. */
        int64_t ms = (deadline_now_ns() - from + 500000) / 1000000;

        info.wall_seconds = (double)ms / 1e3;
        status = finish(&run, orders, reports);
    }
    free(info.audit.leaked);
    load_free(&info.load);
    results_free(&results);
    return status;
}

/* --call and --errno are names of what fault/nth-call walks; a misspelt one
   would walk nothing. */
static bool check_fault(const struct options *o, char *why, size_t size)
{
    if (o->call && !fault_walks(o->call))
        snprintf(why, size,
                 "--call: '%s' is not a call that fault/nth-call "
                 "walks (accept, fork, recv, send, close, poll, setsid, chdir, "
                 "open, dup)",
                 o->call);
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
    struct select_with with = { o->valgrind, o->client, o->exhaustive };

    memset(orders, 0, sizeof *orders);
    if (o->expect && expect_read(&orders->expect, o->expect, o->update_expect,
                                 why, size) < 0)
        return STATUS_USAGE;
    if (o->command != COMMAND_CONFORM)
        return 0;
    if (select_cases(&orders->selection, o->selectors, with, why, size) < 0 ||
        !check_fault(o, why, size))
        return STATUS_USAGE;
    if (o->rerun && orders->selection.n &&
        rerun_select(&orders->selection, o, why, size) < 0)
        return STATUS_USAGE;
    if (orders->selection.n)
        return 0;
    snprintf(why, size, "no case is selected%s",
             o->valgrind
                 ? ""
                 : " (memory/ needs --valgrind, client/ needs --client, "
                   "echo/beyond-2-gib --exhaustive)");
    return STATUS_USAGE;
}

/* All that can be found before the start. Returns 0, or the exit status with
   one line in why. */
static int prepare(const struct options *o, struct orders *orders,
                   struct plan *p, struct reports *reports, char *why,
                   size_t size)
{
    int status = make_orders(orders, o, why, size);

    if (status == 0)
        status = plan_make(p, o, why, size);
    if (status != STATUS_USAGE && reports_open(reports, o, why, size) < 0)
        status = STATUS_USAGE; /* usage outweighs trouble */
    return status && signals_come() ? STATUS_SIGNAL + signals_come() : status;
}

static int test(const struct options *o)
{
    struct reports reports = { .n = 0 };
    struct orders orders = { .expect = { NULL, 0 } };
    struct plan p = { .options = o };
    char why[1024];
    int status;

    deadline_set_scale(options_scale(o));
    if (signals_catch() < 0)
        return complain(STATUS_TROUBLE, "signals", strerror(errno));
    status = prepare(o, &orders, &p, &reports, why, sizeof why);
    if (status == 0) {
        status = run_and_report(o, &p, &orders, &reports);
    } else {
        fprintf(stderr, "harness: %s\n", why);
        reports_discard(&reports);
    }
    plan_free(&p);
    selection_free(&orders.selection);
    expect_free(&orders.expect);
    return status;
}

/* Returns the status. The work is done in a process of its own, which comes
   back to main with it, as the parent does; *parent: this is that one, and
   *signal the first that came to it meanwhile, or 0. */
static int test_apart(const struct options *o, bool *parent, int *signal)
{
    char why[512];
    int status;

    *parent = true;
    *signal = 0;
    if (!preflight(!o->no_isolation && !o->connect_host, why, sizeof why))
        return complain(STATUS_TROUBLE, "cannot start", why);
    status = own_process(signal);
    *parent = status != OWN_PROCESS_GO;
    return *parent ? status : test(o);
}

/* Wait for a change. Returns 0, or the exit status: a signal has come. */
static int await_change(struct file_watch *w)
{
    int signals = signals_block(0), which;
    struct signalfd_siginfo si = { .ssi_signo = SIGTERM };

    if (signals < 0)
        return complain(STATUS_TROUBLE, "signals", strerror(errno));
    (void)fflush(stdout);
    fprintf(stderr, "harness: waiting for a change of %s%s\n", w->file[0].path,
            w->n > 1 ? ", or of what else is a file in COMMAND" : "");
    which = file_watch_wait(w, signals);
    if (which < 0)
        (void)!read(signals, &si, sizeof si);
    close(signals);
    if (which < 0)
        return STATUS_SIGNAL + (int)si.ssi_signo;
    fprintf(stderr, "harness: %s has changed\n", w->file[which].path);
    return 0;
}

/* --watch: test until a signal comes, or a run could not begin as it is
   asked for. */
static int test_again_and_again(const struct options *o)
{
    struct file_watch w = { .n = 0 };
    bool parent = true;
    int status, signal, over = 0;

    watch_files(&w, o);
    do {
        file_watch_look(&w);
        status = test_apart(o, &parent, &signal);
        /* It may have come when the run had nothing left to do. */
        if (parent && signal && status < STATUS_SIGNAL)
            status = STATUS_SIGNAL + signal;
        if (!parent || status >= STATUS_SIGNAL || status == STATUS_USAGE)
            break;
        over = await_change(&w);
    } while (over == 0);
    file_watch_free(&w);
    return over ? over : status;
}

/* Fill standard streams that were closed, or what is opened later would become
   one. As before, reading from them meets the end, and writing fails. */
static int fill_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0 &&
            open("/", O_RDONLY) < 0)
            return -1;
    return 0;
}

int main(int argc, char **argv)
{
    struct options o;
    bool parent;
    int signal;
    int status = 0;

    if (fill_streams() < 0)
        return complain(STATUS_TROUBLE, "a closed stream", strerror(errno));
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
    case COMMAND_PROTOCOL:
        status = protocol_print(o.nselectors ? o.selectors[0] : NULL);
        break;
    case COMMAND_REPORT:
        status = reread(&o);
        break;
    default:
        status = o.watch ? test_again_and_again(&o)
                         : test_apart(&o, &parent, &signal);
    }
    options_free(&o);
    errno = EIO; /* of a write that failed earlier the errno is not known */
    if ((fflush(stdout) != 0 || ferror(stdout)) && status == 0)
        status = complain(STATUS_TROUBLE, "stdout", strerror(errno));
    return status;
}
