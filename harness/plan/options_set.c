/* SPDX-License-Identifier: MIT */
/* One option's value, checked, into struct options. */
#include "plan/options_table.h"

#include "base/values.h"
#include "result/verdict.h"

#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int options_complain(const char *fmt, ...)
{
    char *raw = NULL, *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    if (vasprintf(&raw, fmt, ap) != -1)
        text = verdict_text(raw, strlen(raw));
    va_end(ap);
    fprintf(stderr, "harness: %s\n", text ? text : "out of memory");
    free(text);
    free(raw);
    return -1;
}

static int bad_value(const struct option_entry *e, const char *value,
                     const char *what)
{
    char name[40];

    if (!*value)
        return options_complain("%s: a value is missing",
                                option_label(e, name));
    return options_complain("%s: '%s' is not %s", option_label(e, name), value,
                            what);
}

/* Refuse an address that no client could connect to. */
static int check_reachable(const struct option_entry *e, const char *ip)
{
    const char *what = value_unreachable(ip);
    char name[40];

    return !what ? 0
                 : options_complain("%s: '%s' is %s: no TCP server can be "
                                    "reached there",
                                    option_label(e, name), ip, what);
}

static int set_endpoint(const struct option_entry *e, const char *value,
                        const char **ip, int *port)
{
    char *host;

    if (!value_endpoint(value, &host, port))
        return bad_value(e, value,
                         "IP:PORT, both numeric ([::1]:7), the port "
                         "from 1 to 65535");
    free((char *)*ip); /* given twice: the last one counts */
    *ip = host;
    return check_reachable(e, host);
}

/* A name is looked up when the run begins. */
static int set_host(const struct option_entry *e, const char *value,
                    const char **to, int *port)
{
    char *host;

    if (!value_host(value, &host, port))
        return bad_value(e, value,
                         "HOST:PORT, an address ([::1]:7) or a name "
                         "(localhost:7), the port from 1 to 65535");
    free((char *)*to); /* given twice: the last one counts */
    *to = host;
    return check_reachable(e, host);
}

static int set_color(struct options *o, const struct option_entry *e,
                     const char *value)
{
    static const char *const words[] = {
        [COLOR_AUTO] = "auto",
        [COLOR_ALWAYS] = "always",
        [COLOR_NEVER] = "never",
    };

    for (int i = 0; i < 3; i++)
        if (strcmp(value, words[i]) == 0) {
            o->color = (enum color)i;
            return 0;
        }
    return bad_value(e, value, "auto, always or never");
}

static int set_number(struct options *o, const struct option_entry *e,
                      const char *value)
{
    uint64_t n;

    if (!value_number(value, &n) || (e->code == 'c' && n == 0) ||
        (e->code == OPTION_SEED && n > INT64_MAX))
        return bad_value(e, value,
                         e->code == 'c'
                             ? "a number from 1 up"
                             : "a number from 0 to 9223372036854775807");
    if (e->code == OPTION_SEED)
        o->seed = n;
    else /* leaves room to multiply; no machine comes near */
        o->clients = n < LONG_MAX / 4 ? (long)n : LONG_MAX / 4;
    return 0;
}

static int set_special(struct options *o, const struct option_entry *e,
                       const char *value)
{
    switch (e->code) {
    case 'c':
    case OPTION_SEED:
        return set_number(o, e, value);
    case 'f':
        o->fixtures[o->nfixtures++] = (char *)value;
        return *value ? 0 : bad_value(e, value, "");
    case OPTION_CONFIG:
        if (o->nconfigs == OPTIONS_MOST_CONFIGS)
            return options_complain("--config: more than %d files",
                                    OPTIONS_MOST_CONFIGS);
        o->configs[o->nconfigs++] = (char *)value;
        return *value ? 0 : bad_value(e, value, "");
    case OPTION_ADDRESS:
        o->address = value;
        o->address_given = true;
        return value_address(value)
                   ? check_reachable(e, value)
                   : bad_value(e, value, "a numeric IPv4 or IPv6 address");
    case OPTION_LISTENS:
        return set_endpoint(e, value, &o->listens_ip, &o->listens_port);
    case OPTION_CONNECT:
        return set_host(e, value, &o->connect_host, &o->connect_port);
    case OPTION_COLOR:
        return set_color(o, e, value);
    case 'q':
    case 'v':
        o->verbosity = e->code == 'v' ? 1 : -1;
        return 0;
    default:
        o->command = e->code == 'h' ? COMMAND_HELP : COMMAND_VERSION;
        return 0;
    }
}

int option_set(struct options *o, const struct option_entry *e,
               const char *value)
{
    void *field = (char *)o + e->offset;
    char what[60];

    switch (e->kind) {
    case FLAG:
        *(bool *)field = true;
        return 0;
    case REPORT:
    case TEXT:
        if (e->kind == REPORT && strcmp(value, "/dev/stdout") == 0)
            value = "-";
        *(const char **)field = value;
        return *value ? 0 : bad_value(e, value, "");
    case COUNT:
        (void)snprintf(what, sizeof what, "a number from 1 to %.0f", e->max);
        return value_long(value, 1, (long)e->max, field)
                   ? 0
                   : bad_value(e, value, what);
    case SECONDS:
        (void)snprintf(what, sizeof what, "a number above 0, at most %.0f",
                       e->max);
        return value_positive(value, e->max, field) ? 0
                                                    : bad_value(e, value, what);
    case SPECIAL:
        break;
    }
    return set_special(o, e, value);
}
