/* SPDX-License-Identifier: MIT */
/* What is read as a value: the whole word, or the word is refused. */
#include "base/values.h"

#include "base/check.h"

#include <stdlib.h>

#define COUNT(array) (sizeof array / sizeof *array)

static void numbers_are_decimal_digits(void)
{
    static const char *const bad[] = {
        "", " 1", "1 ", "-1", "+1", "1x", "0x10", "1.5", "1e3", "-", "\t1",
    };
    uint64_t n = 7;
    long value = 7;

    for (size_t i = 0; i < COUNT(bad); i++) {
        CHECK(!value_number(bad[i], &n));
        CHECK(!value_long(bad[i], 0, 100, &value));
    }
    CHECK(n == 7 && value == 7);
    CHECK(value_number("0", &n) && n == 0);
    CHECK(value_number("007", &n) && n == 7);
    CHECK(value_number("18446744073709551615", &n) && n == UINT64_MAX);
    CHECK(value_number("99999999999999999999999", &n) && n == UINT64_MAX);
}

static void numbers_have_a_range(void)
{
    long n = 7;

    CHECK(!value_long("0", 1, 1024, &n) && n == 7);
    CHECK(!value_long("1025", 1, 1024, &n));
    CHECK(!value_long("99999999999999999999999", 1, 1024, &n));
    CHECK(value_long("1", 1, 1024, &n) && n == 1);
    CHECK(value_long("1024", 1, 1024, &n) && n == 1024);
}

static void times_are_positive_and_finite(void)
{
    static const char *const bad[] = {
        "",    "0",   "0.0", "-1",    "+1", "nan", "inf",   "x",  "1s",
        "0x1", "1,5", "101", "1e999", ".",  "1e",  "1.2.3", " 1", "1e-999",
    };
    static const struct {
        const char *word;
        double value;
    } good[] = {
        { "1", 1 },     { "0.25", 0.25 }, { ".5", 0.5 },   { "1e2", 100 },
        { "100", 100 }, { "5.", 5 },      { "2e-1", 0.2 },
    };
    double x = 7;

    for (size_t i = 0; i < COUNT(bad); i++)
        if (value_positive(bad[i], 100, &x))
            CHECK_STR(bad[i], "refused");
    CHECK(x == 7);
    for (size_t i = 0; i < COUNT(good); i++)
        if (!value_positive(good[i].word, 100, &x) || x != good[i].value)
            CHECK_STR(good[i].word, "taken");
}

static void addresses_are_numeric(void)
{
    CHECK(value_address("127.0.0.1"));
    CHECK(value_address("::"));
    CHECK(value_address("::ffff:1.2.3.4"));
    CHECK(!value_address("localhost"));
    CHECK(!value_address("256.0.0.1"));
    CHECK(!value_address("1.2.3"));
    CHECK(!value_address("[::1]"));
    CHECK(!value_address(""));
}

static void endpoints_are_address_and_port(void)
{
    static const char *const bad[] = {
        "localhost:7",
        "127.0.0.1",
        "127.0.0.1:0",
        "127.0.0.1:65536",
        "::1:7",
        "[::1]",
        "[127.0.0.1]:7",
        "[]:7",
        "[:7",
        ":7",
        "1.2.3:7",
        "1.2.3.4:7x",
        "",
        ":",
        "[::1]x:7",
        "127.0.0.1:",
        "127.0.0.1:+7",
        "256.0.0.1:7",
        "]:7",
        "[",
        "::1]:7",
    };
    static const struct {
        const char *word, *ip;
        int port;
    } good[] = {
        { "127.0.0.1:1", "127.0.0.1", 1 },
        { "[::1]:7", "::1", 7 },
        { "0.0.0.0:65535", "0.0.0.0", 65535 },
        { "[::ffff:1.2.3.4]:80", "::ffff:1.2.3.4", 80 },
    };
    char *ip = NULL;
    int port = -1;

    for (size_t i = 0; i < COUNT(bad); i++)
        if (value_endpoint(bad[i], &ip, &port))
            CHECK_STR(bad[i], "refused");
    CHECK(ip == NULL && port == -1);
    for (size_t i = 0; i < COUNT(good); i++) {
        CHECK(value_endpoint(good[i].word, &ip, &port));
        CHECK_STR(ip, good[i].ip);
        CHECK_INT(port, good[i].port);
        free(ip);
        ip = NULL;
    }
}

static void hosts_may_have_a_name(void)
{
    static const char *const bad[] = {
        "localhost",     "localhost:",  "localhost:0", ":7",
        "a b:7",         "256.0.0.1:7", "1.2.3:7",     "::1:7",
        "[localhost]:7", "-a:7",        ".:7",         "a/b:7",
        "a:b:7",
    };
    char *host = NULL;
    int port = -1;

    for (size_t i = 0; i < COUNT(bad); i++)
        if (value_host(bad[i], &host, &port))
            CHECK_STR(bad[i], "refused");
    CHECK(host == NULL && port == -1);
    CHECK(value_host("db-1.example_x.org:65535", &host, &port));
    CHECK_STR(host, "db-1.example_x.org");
    CHECK_INT(port, 65535);
    free(host);
    CHECK(value_host("[::1]:7", &host, &port));
    CHECK_STR(host, "::1");
    free(host);
}

int main(void)
{
    hosts_may_have_a_name();
    numbers_are_decimal_digits();
    numbers_have_a_range();
    times_are_positive_and_finite();
    addresses_are_numeric();
    endpoints_are_address_and_port();
    return check_result();
}
