/* SPDX-License-Identifier: MIT */
/* Addresses: text and back, and what kind of host each names. */
#include "base/address.h"

#include "base/check.h"

#include <errno.h>

static struct address parsed(const char *ip)
{
    struct address a;

    CHECK_INT(address_parse(&a, ip, 7), 0);
    return a;
}

static void text_goes_there_and_back(void)
{
    static const char *const texts[][3] = {
        { "127.0.0.1", "127.0.0.1", "127.0.0.1:7" },
        { "::1", "::1", "[::1]:7" },
        { "0:0:0:0:0:0:0:1", "::1", "[::1]:7" },
        { "::FFFF:10.0.0.1", "::ffff:10.0.0.1", "[::ffff:10.0.0.1]:7" },
        { "2001:DB8:1111:2222:3333:4444:5555:6666",
          "2001:db8:1111:2222:3333:4444:5555:6666",
          "[2001:db8:1111:2222:3333:4444:5555:6666]:7" },
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct address a = parsed(texts[i][0]);
        char text[ADDRESS_TEXT];

        CHECK_STR(address_host(&a, text), texts[i][1]);
        CHECK_STR(address_text(&a, text), texts[i][2]);
    }
}

static void what_is_no_numeric_address_is_refused(void)
{
    static const char *const texts[] = {
        "",       "localhost", "127.0.0", "127.0.0.256", "127.0.0.1 ",
        "::1%lo", "[::1]",     "1:2:3",   "::1::",
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct address a;

        errno = 0;
        CHECK_INT(address_parse(&a, texts[i], 7), -1);
        CHECK_INT(errno, EINVAL);
    }
}

static void lengths_are_those_of_the_family(void)
{
    CHECK_INT(parsed("127.0.0.1").len, sizeof(struct sockaddr_in));
    CHECK_INT(parsed("::1").len, sizeof(struct sockaddr_in6));
}

static void a_port_is_kept(void)
{
    static const char *const ips[] = { "127.0.0.1", "::1" };
    static const int ports[] = { 0, 1, 0x1234, 65535 };

    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < 4; k++) {
            struct address a = parsed(ips[i]);

            CHECK_INT(address_port(&a), 7);
            address_set_port(&a, ports[k]);
            CHECK_INT(address_port(&a), ports[k]);
        }
}

static void hosts_are_told_apart(void)
{
    static const struct {
        const char *ip;
        bool any, loopback;
        const char *reached;
    } hosts[] = {
        { "0.0.0.0", true, false, "127.0.0.1" },
        { "::", true, false, "::1" },
        { "::ffff:0.0.0.0", true, false, "::ffff:127.0.0.1" },
        { "127.0.0.1", false, true, "127.0.0.1" },
        { "127.255.255.254", false, true, "127.255.255.254" },
        { "::1", false, true, "::1" },
        { "::ffff:127.0.0.2", false, true, "::ffff:127.0.0.2" },
        { "128.0.0.1", false, false, "128.0.0.1" },
        { "126.0.0.127", false, false, "126.0.0.127" },
        { "::2", false, false, "::2" },
        { "::127.0.0.1", false, false, "::127.0.0.1" },
        { "::ffff:10.0.0.1", false, false, "::ffff:10.0.0.1" },
    };

    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        struct address a = parsed(hosts[i].ip);
        char text[ADDRESS_TEXT];

        check_int(address_is_any(&a), hosts[i].any, hosts[i].ip, __FILE__,
                  __LINE__);
        check_int(address_is_loopback(&a), hosts[i].loopback, hosts[i].ip,
                  __FILE__, __LINE__);
        address_make_reachable(&a);
        CHECK_STR(address_host(&a, text), hosts[i].reached);
        CHECK_INT(address_port(&a), 7);
    }
}

static bool same(const char *x, const char *y)
{
    struct address a = parsed(x), b = parsed(y);

    address_set_port(&b, 8); /* the port is no part of the host */
    CHECK_INT(address_same_host(&a, &b), address_same_host(&b, &a));
    return address_same_host(&a, &b);
}

static void a_mapped_address_is_its_ipv4_one(void)
{
    CHECK(same("10.0.0.1", "10.0.0.1"));
    CHECK(same("10.0.0.1", "::ffff:10.0.0.1"));
    CHECK(same("::ffff:10.0.0.1", "::ffff:10.0.0.1"));
    CHECK(same("fe80::1", "fe80::1"));
    CHECK(!same("10.0.0.1", "10.0.0.2"));
    CHECK(!same("10.0.0.1", "::ffff:10.0.0.2"));
    CHECK(!same("10.0.0.1", "::10.0.0.1"));
    CHECK(!same("127.0.0.1", "::1"));
    CHECK(!same("fe80::1", "fe80::2"));
}

int main(void)
{
    text_goes_there_and_back();
    what_is_no_numeric_address_is_refused();
    lengths_are_those_of_the_family();
    a_port_is_kept();
    hosts_are_told_apart();
    a_mapped_address_is_its_ipv4_one();
    return check_result();
}
