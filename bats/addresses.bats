#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Where the target is asked to listen or to connect: any address will do in a
# sandbox; elsewhere the machine must have it; what no server can have is
# refused.
# shellcheck disable=SC2154 # run sets variables by name

setup() {
    load helpers
    load verdicts
    common_setup
}

teardown() {
    common_teardown
}

# One of a documentation's network (RFC 5737, RFC 3849), which no machine has.
STRANGE=(192.0.2.1 2001:db8::1)

# requires_cells ADDRESS: skip where there are none, or none with such an
# address.
requires_cells() {
    [[ $1 != *:* ]] || requires_ipv6
    unshare -n true 2>/dev/null || unshare -rn true 2>/dev/null ||
        skip "needs namespaces"
}

# serves ADDRESS: echo64d is right there, under load and in what looks at
# addresses.
serves() {
    ends 0 -c 4 -n 2 --address "$1"
    ends 0 conform --strict --address "$1" echo/one-frame load/burst \
        lifecycle/listens-where-asked lifecycle/address-in-use \
        lifecycle/restart-at-once daemon/start-reports-failure
    reports '.summary.pass == 6'
    reports ".target.address == \"$1\""
}

@test "a server that is asked for all addresses may listen on all of them" {
    serves 0.0.0.0
    requires_ipv6
    serves ::
    serves ::ffff:0.0.0.0
}

@test "one that is asked for all addresses and takes one is seen" {
    requires socat
    # shellcheck disable=SC2016 # the inner shell expands it
    ends 1 conform --address 0.0.0.0 lifecycle/listens-where-asked -- \
        sh -c 'exec socat "TCP-LISTEN:$2,bind=127.0.0.1,fork" PIPE' sh
    assert_line --regexp 'expected: 0\.0\.0\.0:[0-9]+, and nothing else'
    assert_line --regexp 'observed: pid [0-9]+ listens on 127\.0\.0\.1:[0-9]+'
}

@test "a sandbox is given the IPv4 address that the target is told" {
    requires_cells 192.0.2.1
    for ip in 192.0.2.1 127.9.9.9 0.0.0.1; do
        serves "$ip"
    done
}

@test "a sandbox is given the IPv6 address that the target is told" {
    requires_cells 2001:db8::1
    for ip in 2001:db8::1 ::1 ::ffff:192.0.2.1; do
        serves "$ip"
    done
}

@test "a client finds its server at whatever address it is told" {
    for ip in 0.0.0.0 :: "${STRANGE[@]}" 2001:DB8:0::1; do
        requires_cells "$ip"
        ends 0 conform --client -j 8 --address "$ip" client/transcript \
            client/prompt-before-wait client/quit client/empty-line \
            client/refused client/bad-arguments client/short-reply \
            client/frame-format
        reports '.summary.pass == 8'
    done
}

@test "an ordinary user's sandbox is given an address too" {
    requires_ordinary_user
    as_ordinary_user unshare -Urn true 2>/dev/null ||
        skip "needs user namespaces"
    for ip in "${STRANGE[@]}"; do
        [[ $ip != *:* ]] || requires_ipv6
        run -0 as_ordinary_user env TMPDIR=/tmp harness conform \
            --address "$ip" echo/one-frame lifecycle/listens-where-asked
        run -0 as_ordinary_user env TMPDIR=/tmp harness conform --client \
            --address "$ip" client/transcript client/refused
    done
}

@test "an address that this machine does not have is the harness's trouble" {
    for ip in "${STRANGE[@]}"; do
        [[ $ip != *:* ]] || requires_ipv6
        for words in '-c 2 -n 2' 'conform echo/' \
            'conform --client client/quit'; do
            # shellcheck disable=SC2086 # words
            ends 4 $words --no-isolation --address "$ip"
            says "$ip: this machine has no such address"
            reports '.summary.error == (.cases | length)'
        done
        at=$ip
        [[ $ip != *:* ]] || at="[$ip]"
        ends 4 -c 2 --no-isolation --listens "$at:7007" -- echo64d "$ip" 7007
        says "$ip: this machine has no such address"
    done
}

# refused_everywhere WHAT ADDRESS...: status 2, by name, whatever takes one.
refused_everywhere() {
    local what=$1 ip at words
    shift
    for ip; do
        at=$ip
        [[ $ip != *:* ]] || at="[$ip]"
        for words in "--address $ip" "--listens $at:7007" \
            "--connect $at:7007" "conform --address $ip" \
            "conform --client --address $ip" "conform --connect $at:7007"; do
            # shellcheck disable=SC2086 # words
            run -2 --separate-stderr harness $words
            says "'$ip' is $what"
        done
    done
}

@test "an address at which no server can be reached is refused by name" {
    refused_everywhere 'the broadcast address' 255.255.255.255 \
        ::ffff:255.255.255.255
    refused_everywhere 'a multicast address' 224.0.0.1 239.1.2.3 ff02::1 \
        ::ffff:224.0.0.1
    refused_everywhere 'a link-local address' fe80::1 febf::1
}

# at_once N ARGUMENT...: so many runs at the same time; each must end with 0.
at_once() {
    local n=$1 i pid pids=()
    shift
    for ((i = 0; i < n; i++)); do
        harness -q "$@" >"run.$i" 2>&1 3>&- 4>&- &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do
        wait "$pid" || fail "$(cat run.*)"
    done
}

@test "runs at the same time with the same seed do not take each other's port" {
    for _ in 1 2 3; do
        at_once 5 -c 2 -n 2 --seed 7 --no-isolation
    done
    at_once 3 conform -j 4 --seed 7 --no-isolation --address 127.0.0.1 \
        echo/ lifecycle/restart-at-once
}
