/* SPDX-License-Identifier: MIT */
/* Valgrind's logs: of several versions of it, and forged by a target. */
#include "target/memcheck.h"

#include "base/check.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUMMARY(n)                                           \
    "==7== ERROR SUMMARY: " n " errors from " n " contexts " \
    "(suppressed: 0 from 0)\n"
#define STACK "==7==    at 0x1093B0: main (main.c:5)\n"

static char dir[] = "/tmp/memcheck.XXXXXX";

static const char *at(const char *name)
{
    static char path[512];

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static void put(const char *name, const char *text)
{
    FILE *f = fopen(at(name), "w");

    CHECK(f != NULL);
    if (!f)
        return;
    (void)fputs(text, f);
    CHECK_INT(fclose(f), 0);
}

static void empty(void)
{
    DIR *d = opendir(dir);
    struct dirent *e;

    while (d && (e = readdir(d)))
        if (e->d_name[0] != '.')
            (void)remove(at(e->d_name));
    if (d)
        (void)closedir(d);
}

/* Read the logs in the directory, then empty it. */
static struct memcheck reads(long server)
{
    struct memcheck m;

    CHECK_INT(memcheck_read(&m, dir, server), 0);
    empty();
    return m;
}

static const char *text(json_t *texts, size_t i)
{
    const char *s = json_string_value(json_array_get(texts, i));

    return s ? s : "(none)";
}

static bool starts(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

/* Logs of fixtures/valgrind/wrong.c: a server of pid 300 and its child. */
static void every_version_is_read_alike(void)
{
    static const char *const versions[] = { "3.19", "3.24", "3.27" };

    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        struct memcheck m;
        char path[64];

        (void)snprintf(path, sizeof path, "fixtures/valgrind/%s", versions[i]);
        CHECK_INT(memcheck_read(&m, path, 300), 0);
        CHECK_INT(m.logs, 2);
        CHECK_INT(m.incomplete, 0);
        CHECK_STR(m.trouble, "");
        CHECK_INT(m.errors, 8);
        CHECK_INT(json_array_size(m.errors_text), 8);
        CHECK(starts(text(m.errors_text, 0), "pid [300]: Invalid read of "
                                             "size 1; at 0x"));
        CHECK(starts(text(m.errors_text, 7), "pid [300]: Invalid write of "
                                             "size 1; at 0x"));
        CHECK_INT(m.lost_bytes, 2000);
        CHECK_INT(json_array_size(m.lost_text), 2);
        CHECK(strstr(text(m.lost_text, 0), "1,000 bytes in 1 blocks are "
                                           "definitely lost") != NULL);
        CHECK_INT(m.kept_sockets, 3);
        memcheck_free(&m);
        CHECK_INT(memcheck_read(&m, path, 0), 0); /* pid 300 is not the
                                                     server */
        CHECK_INT(m.kept_sockets, 2);
        memcheck_free(&m);
    }
}

/* From 3.23 on the summary counts each descriptor that is open at the end. */
static void open_descriptors_are_no_errors(void)
{
    struct memcheck m;

    put("v.7.log",
        "==7== FILE DESCRIPTORS: 5 open (3 std) at exit.\n"
        "==7== Open file descriptor 4: /tmp/Invalid read\n"
        "==7==    <inherited from parent>\n==7== \n"
        "==7== Open file descriptor 3:\n"
        "==7==    <inherited from parent>\n==7== \n==7== \n" SUMMARY("2"));
    m = reads(7);
    CHECK(m.errors == 0 && m.logs == 1 && m.incomplete == 0);
    CHECK_STR(m.trouble, "");
    memcheck_free(&m);
}

/* No blank line separates the two kinds of message. */
static void misused_descriptors_hide_no_error(void)
{
    struct memcheck m;

    put("v.7.log",
        "==7== File descriptor 999 was never created\n" STACK
        "==7== File descriptor -1 Invalid file descriptor\n" STACK
        "==7== Invalid read of size 4\n" STACK
        "==7==  Address 0x0 is not stack'd, malloc'd or (recently) free'd\n"
        "==7== \n" SUMMARY("3"));
    m = reads(7);
    CHECK_INT(m.errors, 1);
    CHECK_STR(text(m.errors_text, 0),
              "pid [7]: Invalid read of size 4; "
              "at 0x1093B0: main (main.c:5); Address 0x0 is not stack'd, "
              "malloc'd or (recently) free'd");
    CHECK_STR(m.trouble, "");
    memcheck_free(&m);
}

static void an_end_by_a_signal_is_no_error(void)
{
    struct memcheck m;

    put("v.7.log",
        "==7== \n==7== Process terminating with default action of "
        "signal 11 (SIGSEGV)\n==7==  Access not within mapped region at "
        "address 0x1FFE801FF8\n==7== Stack overflow in thread #1: can't grow "
        "stack to 0x1ffe801000\n" STACK "==7==  If you believe this happened "
        "as a result of a stack\n==7== \n" SUMMARY("0"));
    m = reads(7);
    CHECK(m.errors == 0 && m.trouble[0] == '\0');
    memcheck_free(&m);
}

/* The summary of a child counts the errors its parent made before the fork, but
   its log does not show them. */
static void what_was_passed_on_is_counted_once(void)
{
    struct memcheck m;

    put("v.7.log",
        "==7== Invalid read of size 4\n" STACK "==7== \n"
        "==7== Syscall param x points to unaddressable byte(s)\n" STACK
        "==7== \n" SUMMARY("2"));
    put("v.8.log", SUMMARY("2"));
    m = reads(7);
    CHECK_INT(m.errors, 2);
    CHECK_STR(m.trouble, "");
    memcheck_free(&m);
}

static void what_is_counted_and_not_shown_is_trouble(void)
{
    struct memcheck m;

    put("v.7.log",
        "==7== Wild access of size 4\n" STACK "==7== \n" SUMMARY("1"));
    m = reads(7);
    CHECK_INT(m.errors, 0);
    CHECK_STR(m.trouble, "v.7.log counts errors that no log shows");
    memcheck_free(&m);
    put("v.7.log",
        "==7== Invalid read of size 4\n" STACK "==7== \n" SUMMARY("1,000"));
    m = reads(7);
    CHECK_STR(m.trouble, "v.7.log counts errors that no log shows");
    memcheck_free(&m);
}

static void numbers_end_at_the_greatest(void)
{
    static const char *const big[] = {
        "9223372036854775807",
        "9,223,372,036,854,775,808",
        "18446744073709551615",
        "99999999999999999999999999999999999",
    };
    char log[512];
    struct memcheck m;

    for (size_t i = 0; i < sizeof big / sizeof *big; i++) {
        (void)snprintf(log, sizeof log,
                       "==7== LEAK SUMMARY:\n"
                       "==7==    definitely lost: %s bytes in 1 blocks\n"
                       "==7==    indirectly lost: %s bytes in 1 blocks\n"
                       "==7== ERROR SUMMARY: %s errors from %s contexts\n"
                       "==7== ERROR SUMMARY: %s errors from %s contexts\n",
                       big[i], big[i], big[i], big[i], big[i], big[i]);
        put("v.7.log", log);
        m = reads(7);
        CHECK_INT(m.lost_bytes, LONG_MAX);
        CHECK(m.trouble[0]);
        memcheck_free(&m);
    }
}

static void a_log_without_its_summary_is_cut_off(void)
{
    struct memcheck m;

    put("v.7.log", "==7== Invalid write of size 1\n" STACK "==7==  Addr");
    put("v.8.log", "");
    put("v.9.log", SUMMARY("0"));
    m = reads(7);
    CHECK(m.logs == 3 && m.incomplete == 2 && m.errors == 1);
    CHECK(strcmp(m.first_incomplete, "v.7.log") == 0 ||
          strcmp(m.first_incomplete, "v.8.log") == 0);
    memcheck_free(&m);
}

static void other_names_are_not_looked_at(void)
{
    static const char *const names[] = {
        "v.log",    "v..log",   "v.0.log",
        "v.x7.log", "v.7x.log", "v.7.log.core.8",
        "vgcore.7", "w.7.log",  "v.-7.log",
        "v.7",      "7",        "V.7.log",
        "v. 7.log",
    };
    struct memcheck m;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        put(names[i], "==7== Invalid write of size 1\n" STACK "==7== \n");
    m = reads(7);
    CHECK(m.logs == 0 && m.errors == 0 && m.incomplete == 0);
    CHECK_STR(m.trouble, "");
    memcheck_free(&m);
}

/* Such a thing is opened only for as long as it takes to see what it is. */
static void what_is_no_file_is_named(void)
{
    struct memcheck m;

    CHECK_INT(mkfifo(at("v.7.log"), 0666), 0);
    m = reads(7);
    CHECK_STR(m.trouble, "v.7.log is no regular file");
    memcheck_free(&m);
    CHECK_INT(symlink("/dev/zero", at("v.8.log")), 0);
    m = reads(7);
    CHECK_STR(m.trouble, "v.8.log is no regular file");
    memcheck_free(&m);
    put("x", SUMMARY("0"));
    CHECK_INT(symlink("x", at("v.8.log")), 0);
    m = reads(7);
    CHECK_STR(m.trouble, "v.8.log is no regular file");
    memcheck_free(&m);
    CHECK_INT(mkdir(at("v.9.log"), 0777), 0);
    m = reads(7);
    CHECK_STR(m.trouble, "v.9.log is no regular file");
    memcheck_free(&m);
}

static void a_link_in_place_of_the_directory_is_refused(void)
{
    char link[sizeof dir + 8];
    struct memcheck m;

    (void)snprintf(link, sizeof link, "%s.link", dir);
    CHECK_INT(symlink(dir, link), 0);
    CHECK(memcheck_read(&m, link, 7) < 0 && errno == ENOTDIR);
    memcheck_free(&m);
    CHECK_INT(unlink(link), 0);
    CHECK_INT(mkfifo(link, 0666), 0);
    CHECK(memcheck_read(&m, link, 7) < 0 && errno == ENOTDIR);
    memcheck_free(&m);
    CHECK_INT(unlink(link), 0);
    CHECK(memcheck_read(&m, link, 7) < 0 && errno == ENOENT);
    memcheck_free(&m);
}

static void an_endless_log_is_read_in_part(void)
{
    struct memcheck m;

    put("v.7.log", SUMMARY("0"));
    CHECK_INT(truncate(at("v.7.log"), (off_t)1 << 40), 0);
    m = reads(7);
    CHECK_STR(m.trouble, "v.7.log is longer than any log");
    memcheck_free(&m);
}

static void any_bytes_can_be_told(void)
{
    struct memcheck m;

    put("v.7.log",
        "==7== Invalid read of size 1\n"
        "==7==    at 0x1: f (\xff\033[31m.c:1)\n==7== \n" SUMMARY("1"));
    m = reads(7);
    CHECK_INT(m.errors, 1);
    CHECK_STR(text(m.errors_text, 0), "pid [7]: Invalid read of size 1; "
                                      "at 0x1: f (\\xff\\x1b[31m.c:1)");
    memcheck_free(&m);
}

int main(void)
{
    every_version_is_read_alike();
    CHECK(mkdtemp(dir) != NULL);
    open_descriptors_are_no_errors();
    misused_descriptors_hide_no_error();
    an_end_by_a_signal_is_no_error();
    what_was_passed_on_is_counted_once();
    what_is_counted_and_not_shown_is_trouble();
    numbers_end_at_the_greatest();
    a_log_without_its_summary_is_cut_off();
    other_names_are_not_looked_at();
    what_is_no_file_is_named();
    a_link_in_place_of_the_directory_is_refused();
    an_endless_log_is_read_in_part();
    any_bytes_can_be_told();
    CHECK_INT(rmdir(dir), 0);
    return check_result();
}
