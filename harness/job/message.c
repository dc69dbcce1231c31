/* SPDX-License-Identifier: MIT */
/* If the process that reports is gone, the kernel kills this one and its
   sandbox: so no call here returns an error, on which nobody could act. */
#include "job/message.h"

#include "job/channel.h"
#include "result/stress_json.h"

#include <string.h>

static void send_message(int fd, const char *kind, json_t *object)
{
    if (object &&
        json_object_set_new(object, "message", json_string(kind)) == 0)
        (void)channel_send(fd, object);
    else
        json_decref(object);
}

void message_result(int fd, const struct test_case *c, struct verdict *v,
                    double seconds)
{
    struct result r = {
        .id = (char *)c->id,
        .title = (char *)c->title,
        .sources = (char *)c->sources,
        .level = c->level,
        .seconds = seconds,
    };

    if (v->kind == VERDICT_NONE)
        verdict_error(v, "the case looked at nothing");
    r.kind = v->kind;
    if (r.kind == VERDICT_FAIL && c->level == SHOULD)
        r.kind = VERDICT_WARN;
    r.reason = v->reason;
    r.evidence = v->evidence;
    send_message(fd, "result", result_to_json(&r));
    verdict_free(v);
    verdict_init(v);
}

void message_target(int fd, const struct subject *s, const char *model)
{
    send_message(fd, "target",
                 json_pack("{s:s, s:i, s:s, s:s, s:b}", "address",
                           s->target->ip, "port", address_port(&s->address),
                           "starts", subject_starts_name(s->starts), "model",
                           model, "isolated", s->sandbox->isolated));
}

void message_start(int fd, double seconds)
{
    send_message(fd, "start", json_pack("{s:f}", "seconds", seconds));
}

void message_tasks(int fd, long tasks)
{
    send_message(fd, "tasks", json_pack("{s:I}", "tasks", (json_int_t)tasks));
}

void message_silent(int fd)
{
    send_message(fd, "silent", json_object());
}

void message_stays(int fd)
{
    send_message(fd, "stays", json_object());
}

void message_load(int fd, const struct load *load)
{
    send_message(fd, "load", json_pack("{s:o}", "load", load_to_json(load)));
}

void message_audit(int fd, const struct audit_summary *audit)
{
    send_message(fd, "audit",
                 json_pack("{s:o}", "audit", audit_to_json(audit)));
}

void message_progress(int fd, const struct load *load)
{
    send_message(fd, "progress",
                 json_pack("{s:o}", "load", load_to_json(load)));
}

void message_fatal(int fd, int status, const char *why, const char *said)
{
    struct verdict v; /* makes any bytes printable */

    verdict_init(&v);
    verdict_error(&v, "%s", why);
    if (said)
        verdict_observed(&v, "%s", said);
    send_message(fd, "fatal",
                 json_pack("{s:i, s:s, s:s*}", "status", status, "why",
                           v.reason, "said", v.evidence.observed));
    verdict_free(&v);
}

void message_no_sandbox(int fd, const char *why)
{
    send_message(fd, "no-sandbox", json_pack("{s:s}", "why", why));
}
