/* SPDX-License-Identifier: MIT */
/* If the process that reports is gone, the kernel kills this one and its
   sandbox: so no call here returns an error, on which nobody could act. */
#include "job/message.h"

#include "job/channel.h"
#include "result/stress_json.h"

#include <stdlib.h>
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
        .level = v->should ? SHOULD : c->level,
        .seconds = seconds,
    };

    if (v->kind == VERDICT_NONE)
        verdict_error(v, "the case looked at nothing");
    r.kind = v->kind;
    if (r.kind == VERDICT_FAIL && r.level == SHOULD)
        r.kind = VERDICT_WARN;
    if (r.kind == VERDICT_FAIL || r.kind == VERDICT_WARN) {
        r.mistake = (char *)c->mistake;
        r.mend = (char *)c->mend;
    }
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

void message_start(int fd, double seconds, double counted)
{
    send_message(
        fd, "start",
        json_pack("{s:f, s:f}", "seconds", seconds, "counted", counted));
}

void message_tasks(int fd, long tasks)
{
    send_message(fd, "tasks", json_pack("{s:I}", "tasks", (json_int_t)tasks));
}

void message_slept(int fd, double seconds)
{
    send_message(fd, "slept", json_pack("{s:f}", "seconds", seconds));
}

void message_silent(int fd)
{
    send_message(fd, "silent", json_object());
}

void message_stays(int fd)
{
    send_message(fd, "stays", json_object());
}

void message_used_up(int fd, bool each)
{
    send_message(fd, "used-up", json_pack("{s:b}", "each", each));
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

/* All of it printable; what is NULL is left out. */
static void send_fatal(int fd, int status, const char *why, const char *ran,
                       const char *said, const char *transcript,
                       const char *hint)
{
    struct verdict v; /* makes any bytes printable */
    char *line = hint && *hint ? verdict_text(hint, strlen(hint)) : NULL;
    char *printed = said ? verdict_lines(said) : NULL;
    char *talk = transcript ? verdict_lines(transcript) : NULL;

    verdict_init(&v);
    verdict_error(&v, "%s", why);
    send_message(fd, "fatal",
                 json_pack("{s:i, s:s, s:s*, s:s*, s:s*, s:s*}", "status",
                           status, "why", v.reason, "ran", ran, "said", printed,
                           "talk", talk, "hint", line));
    verdict_free(&v);
    free(line);
    free(printed);
    free(talk);
}

void message_fatal(int fd, int status, const char *why, const char *said)
{
    send_fatal(fd, status, why, NULL, said, NULL, NULL);
}

void message_fatal_talk(int fd, int status, const char *why,
                        const char *transcript, const char *hint)
{
    send_fatal(fd, status, why, NULL, NULL, transcript, hint);
}

void message_not_up(int fd, int status, const char *why, const char *ran,
                    const char *said, const char *hint)
{
    send_fatal(fd, status, why, ran, said, NULL, hint);
}

void message_speaks(int fd, const char *protocol)
{
    send_message(fd, "speaks", json_pack("{s:s}", "protocol", protocol));
}

void message_no_sandbox(int fd, const char *why)
{
    send_message(fd, "no-sandbox", json_pack("{s:s}", "why", why));
}
