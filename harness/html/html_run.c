/* SPDX-License-Identifier: MIT */
/* How it was run and where: asked for seldom, and then all of it. */
#include "html/html_parts.h"

#include "html/html_page.h"
#include "report/report.h"

#include <inttypes.h>
#include <stdlib.h>

static const char *yes(bool it)
{
    return it ? "yes" : "no";
}

/* "25.2 GB" in text, which is returned; "" for 0. */
static const char *memory(uint64_t bytes, char *text, size_t size)
{
    text[0] = '\0';
    if (bytes)
        (void)snprintf(text, size, "%.1f GB", (double)bytes / 1e9);
    return text;
}

void html_run_pairs(xmlTextWriterPtr w, const struct run_info *info)
{
    char *command = info->command ? report_command(info->command) : NULL;
    char started[40], seed[24], wall[32], port[16] = "";

    report_moment(&info->started_at, started, sizeof started);
    report_duration(info->wall_seconds, wall, sizeof wall);
    (void)snprintf(seed, sizeof seed, "%" PRIu64, info->seed);
    if (info->port)
        (void)snprintf(port, sizeof port, "%d", info->port);
    html_code(w, "Command", command);
    html_pair(w, "Role", info->role);
    html_pair(w, "Mode", info->mode == MODE_STRESS ? "stress" : "conform");
    html_pair(w, "Protocol", info->protocol);
    html_pair(w, "Address", info->address);
    html_pair(w, "Port", port);
    html_pair(w, "Starts", info->starts);
    html_pair(w, "Model", info->model);
    html_pair(w, "Isolated", yes(info->isolated));
    html_pair(w, "Valgrind", yes(info->valgrind));
    html_pair(w, "Strict", yes(info->strict));
    html_pair(w, "Seed", seed);
    html_pair(w, "Started", started);
    html_pair(w, "Took", wall);
    free(command);
}

void html_machine_pairs(xmlTextWriterPtr w, const struct run_info *info)
{
    char cores[24] = "", room[32];

    if (info->cores)
        (void)snprintf(cores, sizeof cores, "%ld", info->cores);
    html_pair(w, "Harness", info->version);
    html_pair(w, "Host", info->host);
    html_pair(w, "Kernel", info->kernel);
    html_pair(w, "Architecture", info->arch);
    html_pair(w, "Cores", cores);
    html_pair(w, "Memory", memory(info->memory_bytes, room, sizeof room));
    html_pair(w, "libc", info->libc);
    html_pair(w, "valgrind", info->valgrind_version);
}

static void put_fold(xmlTextWriterPtr w, const char *summary,
                     void (*put)(xmlTextWriterPtr w,
                                 const struct run_info *info),
                     const struct run_info *info)
{
    markup_start(w, "details");
    markup_element(w, "summary", NULL, summary);
    markup_start(w, "dl");
    put(w, info);
    markup_end(w);
    markup_end(w);
}

void html_run(xmlTextWriterPtr w, const struct run_info *info)
{
    markup_start(w, "section");
    markup_element(w, "h2", NULL, "How it was run");
    put_fold(w, "Run", html_run_pairs, info);
    put_fold(w, "Environment", html_machine_pairs, info);
    markup_end(w);
}
