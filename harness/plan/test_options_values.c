/* SPDX-License-Identifier: MIT */
/* argv to options: the values that are accepted, and that a refusal names what
   is wrong. */
#include "plan/test_parse.h"

#include <limits.h>

static void numbers_are_checked(void)
{
    static const char *const bad[] = {
        "0", "x", "''", "-1", "+1", "1x", "0x10", "1.5", "--", "1e3", "-",
    };
    static const char *const names[] = { "-c", "-n", "--pid" };
    char line[80];

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
            (void)snprintf(line, sizeof line, "%s %s", names[k], bad[i]);
            refused(line, names[k],
                    strcmp(bad[i], "''") == 0 ? "missing" : bad[i]);
        }
    refused("-c", "-c", "missing");
    refused("conform -j 0", "-j", "1 to 1024");
    refused("conform -j 1025", "-j", "'1025'");
    refused("-n 1000000001", "-n", "1000000001");
    taken("-n 1000000000");
    taken("conform -j 1024");
    taken("-c500");
    CHECK_INT(o.clients, 500);
    taken("--clients=7 --clients 8");
    CHECK_INT(o.clients, 8);
}

static void a_huge_crowd_is_no_usage_error(void)
{
    taken("-c 99999999");
    CHECK_INT(o.clients, 99999999);
    taken("-c 99999999999999999999999999");
    CHECK_INT(o.clients, LONG_MAX / 4);
}

static void times_are_checked(void)
{
    taken("--timeout 0.25 --timeout-scale 20 --run-timeout 86400");
    CHECK(o.timeout == 0.25 && o.timeout_scale == 20);
    CHECK(o.run_timeout == 86400);
    refused("--timeout 0", "--timeout", "'0'");
    refused("--timeout-scale nan", "--timeout-scale", "'nan'");
    refused("--timeout-scale 1001", "--timeout-scale", "1000");
    refused("--run-timeout 86401", "--run-timeout", "86401");
}

static void valgrind_multiplies_but_not_what_is_given(void)
{
    taken("--valgrind --timeout-scale 2 --run-timeout 30");
    CHECK(options_scale(&o) == 40);
    CHECK(o.run_timeout == 30);
    taken("--timeout-scale 2");
    CHECK(options_scale(&o) == 2);
}

static void the_seed_is_given_or_from_the_clock(void)
{
    uint64_t first;

    taken("--seed 9223372036854775807");
    CHECK(o.seed == 9223372036854775807u);
    refused("--seed 9223372036854775808", "--seed", "9223372036854775807");
    refused("--seed -1", "--seed", "'-1'");
    taken("");
    first = o.seed;
    CHECK(first <= UINT32_MAX);
    taken("");
    CHECK(o.seed != first);
}

static void addresses_are_numeric(void)
{
    refused("--connect localhost", "--connect", "'localhost'");
    refused("--connect 1.2.3:7", "--connect", "'1.2.3:7'");
    taken("--connect localhost:7");
    CHECK_STR(o.connect_host, "localhost");
    CHECK_INT(o.connect_port, 7);
    refused("--listens 127.0.0.1:0", "--listens", "'127.0.0.1:0'");
    taken("--connect 127.0.0.1:65535 --pid 12");
    CHECK_STR(o.connect_host, "127.0.0.1");
    CHECK_INT(o.connect_port, 65535);
    CHECK_INT(o.pid, 12);
    taken("--listens [::1]:7 --listens [2001:db8::1]:8 -- ./server");
    CHECK_STR(o.listens_ip, "2001:db8::1");
    CHECK_INT(o.listens_port, 8);
    taken("--address ::1");
    CHECK_STR(o.address, "::1");
    CHECK(o.address_given);
    refused("--address localhost", "--address", "'localhost'");
    refused("--address [::1]", "--address", "'[::1]'");
}

int main(void)
{
    numbers_are_checked();
    a_huge_crowd_is_no_usage_error();
    times_are_checked();
    valgrind_multiplies_but_not_what_is_given();
    the_seed_is_given_or_from_the_clock();
    addresses_are_numeric();
    options_free(&o);
    return check_result();
}
