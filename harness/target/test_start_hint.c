/* SPDX-License-Identifier: MIT */
/* Each hint where it fits, and none where it would mislead. */
#include "target/start_hint.h"

#include "base/check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char *words[8];
static struct target target;
static struct start_seen seen;

/* A command that failed so, and what it printed. */
static void failed(enum start_failure how, const char *said, const char *line)
{
    static char text[256];
    size_t n = 0;

    snprintf(text, sizeof text, "%s", line);
    for (char *w = strtok(text, " "); w; w = strtok(NULL, " "))
        words[n++] = w;
    words[n] = NULL;
    target = (struct target){ .command = words, .ip = "127.0.0.1" };
    seen = (struct start_seen){
        .target = &target, .how = how, .said = said, .timeout_s = 5
    };
    CHECK_INT(address_parse(&seen.asked, "127.0.0.1", 7100), 0);
}

static void listens_at(const char *ip, int port)
{
    CHECK_INT(address_parse(&seen.got, ip, port), 0);
}

static void says(const char *part)
{
    char hint[START_HINT];

    start_hint(&seen, hint);
    if (!strstr(hint, part) || (!*part && *hint))
        CHECK_STR(hint, part);
}

static void what_is_not_executed(void)
{
    char one[] = "./server -x";

    failed(START_NOT_EXECUTED, NULL, "./server");
    seen.error = ENOENT;
    says("");
    words[0] = one;
    says("(-- ./server -x)");
    says("sh -c 'exec ./server -x {ip} {port}'");
    words[1] = one;
    says("");
    failed(START_NOT_EXECUTED, NULL, "here");
    seen.error = ENOENT;
    says("");
    close(open("here", O_CREAT | O_WRONLY, 0600));
    says("-- ./here");
    failed(START_NOT_EXECUTED, NULL, "./here");
    seen.error = EACCES;
    says("chmod +x ./here");
    unlink("here");
    says("");
}

static void what_others_start(void)
{
    failed(START_ENDED, "docker: not found", "docker run x");
    says("--connect 127.0.0.1:7007, and --pid $(docker inspect");
    failed(START_SILENT, NULL, "sudo /usr/bin/podman run x");
    says("--pid $(/usr/bin/podman inspect");
    failed(START_ENDED, NULL, "systemctl start x");
    says("ExecStart");
    failed(START_ENDED, NULL, "./docker-like x");
    says("");
}

static void what_listens_elsewhere(void)
{
    failed(START_ELSEWHERE, NULL, "./server");
    listens_at("127.0.0.1", 7007);
    says("--listens 127.0.0.1:7007;");
    listens_at("::", 7007);
    says("--listens [::1]:7007;");
    listens_at("0.0.0.0", 127);
    says("the beginning of 127.0.0.1 for its port");
    listens_at("::1", 7100);
    says("--address ::1");
    failed(START_ELSEWHERE, NULL, "./server {port}");
    listens_at("0.0.0.0", 127);
    says("--listens 127.0.0.1:127;");
}

static void what_ended(void)
{
    static const char *const complaints[] = {
        "Usage: server PORT",
        "server: invalid literal for int(): '127.0.0.1'",
        "bad port",
        "too many arguments",
    };

    for (size_t i = 0; i < sizeof complaints / sizeof *complaints; i++) {
        failed(START_ENDED, complaints[i], "python3 server.py");
        says("-- python3 server.py {port}");
        failed(START_ENDED, complaints[i], "python3 server.py {port}");
        says("");
        target.fixed = true;
        says("");
    }
    failed(START_ENDED, "out of memory", "./server");
    says("");
    failed(START_ENDED, NULL, "./server");
    says("");
}

static void what_is_a_known_daemon(void)
{
    failed(START_ENDED, NULL, "/usr/bin/redis-server");
    says("redis-server is no echo server: --protocol redis");
    failed(START_ENDED, NULL, "python3 -m http.server");
    says("--protocol http");
    failed(START_ENDED, NULL, "redis-server --port {port}");
    says("");
}

static void what_is_slow(void)
{
    failed(START_SILENT, "loading 127.0.0.1", "./server");
    says("--timeout 30 waits longer than these 5 s");
    target.command = NULL;
    says("");
}

/* No hint may write beyond its room. */
static void long_words_fit(void)
{
    char word[2000];

    memset(word, 'x', sizeof word);
    word[sizeof word - 1] = '\0';
    failed(START_ENDED, "usage", "./server");
    words[0] = word;
    says("IP and PORT were appended");
    failed(START_NOT_EXECUTED, NULL, "./server");
    seen.error = EACCES;
    words[0] = word;
    says("");
}

int main(void)
{
    char directory[] = "/tmp/start-hint.XXXXXX";

    if (!mkdtemp(directory) || chdir(directory) < 0)
        return 1;
    what_is_not_executed();
    what_others_start();
    what_listens_elsewhere();
    what_ended();
    what_is_a_known_daemon();
    what_is_slow();
    long_words_fit();
    (void)rmdir(directory);
    return check_result();
}
