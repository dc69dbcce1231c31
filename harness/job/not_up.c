/* SPDX-License-Identifier: MIT */
/* Whoever has started a server for the first time looks here for what went
   wrong: so all of it is told together, and the target is looked at while it is
   still there. */
#include "job/not_up.h"

#include "base/status.h"
#include "job/message.h"
#include "report/report.h"
#include "target/start_hint.h"
#include "target/subject_listener.h"
#include "target/subject_processes.h"

#include <stdlib.h>

static int note_where(const struct socket_info *i, pid_t holder, void *where)
{
    (void)holder;
    *(struct address *)where = i->local;
    return 1;
}

static enum start_failure see(struct subject *s, struct address *got)
{
    if (s->exec_error)
        return START_NOT_EXECUTED;
    if (subject_ended(s))
        return START_ENDED;
    if (subject_each_listener(s, note_where, got) == 1)
        return START_ELSEWHERE;
    return START_SILENT;
}

void not_up_tell(int fd, struct subject *s, double timeout_ms, const char *said)
{
    struct start_seen seen = {
        .target = s->target,
        .error = s->exec_error,
        .said = said,
        .asked = s->address,
        .timeout_s = timeout_ms / 1000,
    };
    char hint[START_HINT] = "";
    char **argv = subject_ran(s);
    char *ran = argv ? report_command(argv) : NULL;

    if (argv) {
        seen.how = see(s, &seen.got);
        start_hint(&seen, hint);
    }
    message_not_up(fd, STATUS_TARGET, s->why, ran, said, hint);
    free(ran);
    target_argv_free(argv);
}
