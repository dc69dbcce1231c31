#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# System calls that fail: what the family fault/ says of servers whose fate is
# known.
# shellcheck disable=SC2154 # run sets variables by name

setup() {
    load helpers
    load verdicts
    common_setup
    harness doctor | grep -q '^supervision  *yes' ||
        skip "needs seccomp user notification"
}

teardown() {
    common_teardown
}

@test "echo64d lives through every failing call" {
    ends 0 conform --strict fault/
    reports '.summary.pass >= 13 and .summary.fail == 0'
    reports '.cases[] | select(.id == "fault/nth-call").verdict == "pass"'
}

@test "echo64d in the foreground does without who reads its log" {
    ends 0 conform --strict fault/log-lost -- \
        "$BUILD_DIR/echo64d" -f '{ip}' '{port}'
    reports '.summary.pass == 1'
}

@test "each accept of echo64d may fail with each error" {
    ends 0 conform --exhaustive --call accept fault/nth-call
    reports '.summary.pass == 1'
}

@test "each call of echo64d may fail with each error" {
    ends 0 conform --exhaustive fault/nth-call
    reports '.summary.pass == 1'
}

@test "socat ends when accept or fork lacks a resource" {
    requires socat
    ends 1 conform fault/accept-emfile fault/fork-eagain -- \
        socat 'TCP-LISTEN:{port},bind={ip},fork,reuseaddr' EXEC:cat
    [ "$(failing r.json | xargs)" = 'fault/accept-emfile fault/fork-eagain' ]
}

@test "tcpserver lives through both" {
    requires tcpserver
    ends 0 conform fault/accept-emfile fault/fork-eagain -- \
        tcpserver -c 600 -b 512 -R -H -l0 '{ip}' '{port}' cat
    reports '.summary.pass == 2'
}

@test "a call or an error that there is not is refused by name" {
    ends 2 conform --call acept fault/nth-call
    says "'acept'"
    ends 2 conform --errno EMFIL fault/nth-call
    says "'EMFIL'"
}
