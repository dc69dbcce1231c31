/* SPDX-License-Identifier: MIT */
/* Which requirements a crowd bears on. Each is judged, and the verdict sent to
   the process that reports. */
#include "stress/stress_state.h"

#include "job/message.h"
#include "judge/judge_memory.h"
#include "kit/needs.h"
#include "kit/server_output.h"
#include "sandbox/sandbox_life.h"

typedef void judge_fn(const struct stress_seen *s, struct verdict *v);

static const struct {
    const char *id;
    judge_fn *judge;
    bool own; /* of answers that show whose they are */
} judged[] = {
    { "load/concurrent-clients", judge_stress_concurrent },
    { "load/own-bytes", judge_stress_own_bytes, .own = true },
    { "load/overlap", judge_stress_overlap },
    { "echo/short-message", judge_stress_short_message },
    { "process/no-zombies", judge_stress_zombies },
    { "process/workers-exit", judge_stress_workers },
    { "process/fds-return", judge_stress_fds },
    { "process/fds-after-resets", judge_stress_fds_after_resets },
    { "process/sockets-return", judge_stress_sockets },
    { "lifecycle/still-serving", judge_stress_still_serving },
    { "memory/no-errors", NULL },
    { "memory/no-leaks", NULL },
    { "memory/fds-closed", NULL },
};

enum { NJUDGED = sizeof judged / sizeof *judged };

const char *stress_case(size_t i, bool valgrind)
{
    return i < NJUDGED - (valgrind ? 0 : MEMORY_CASES) ? judged[i].id : NULL;
}

void stress_tell_verdicts(struct stress *s)
{
    for (size_t i = 0; i < NJUDGED; i++) {
        const struct test_case *c;
        const struct family *family;
        struct verdict v;

        if (!judged[i].judge)
            continue;
        c = s->find(judged[i].id, &family);
        verdict_init(&v);
        scarce_watch(&s->scarce, &v);
        if (needs_of_family(family, &s->plan->target, &v) &&
            needs_its_protocol(family, c, &s->plan->protocol, &v) &&
            (!judged[i].own || needs_own_answers(&s->plan->protocol, &v)))
            judged[i].judge(&s->seen, &v);
        if (v.kind == VERDICT_FAIL && s->seen.ended)
            server_output_tell_end(&v, &s->subject);
        scarce_error(&s->scarce, &v);
        message_result(s->channel, c, &v, s->load.seconds);
    }
}

void stress_tell_memory(struct stress *s, pid_t server_inner)
{
    struct memory_seen seen = {
        .subject = &s->subject,
        .ended = s->seen.ended || s->seen.harmed_by_stop,
        .terminated = s->terminated,
        .forked = 1,
    };
    struct verdict v;

    if (s->model == MODEL_FORK || s->model == MODEL_EXEC)
        seen.forked += s->audit.workers_seen;
    memory_look(&seen, server_inner);
    for (enum memory_case i = 0; i < MEMORY_CASES; i++) {
        verdict_init(&v);
        judge_memory(&seen, i, &v);
        sandbox_is_over_error(s->sandbox, &v);
        message_result(s->channel,
                       s->find(judged[NJUDGED - MEMORY_CASES + i].id, NULL), &v,
                       s->load.seconds);
    }
    memory_free(&seen);
}
