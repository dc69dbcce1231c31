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
    reports '.summary.pass >= 11 and .summary.fail == 0'
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

@test "echo64d loses no signal at any moment of a session" {
    ends 0 conform --exhaustive lifecycle/term-any-moment
    reports '.cases[0].verdict == "pass" and .cases[0].evidence.moments >= 10'
}

@test "an interpreter's handler that loses SIGTERM misses a SHOULD" {
    requires python3
    cat >flag.py <<'END'
import signal, socket, sys

stop = False


def note(*_):
    global stop
    stop = True


signal.signal(signal.SIGTERM, note)
server = socket.create_server((sys.argv[1], int(sys.argv[2])))
while not stop:
    server.accept()[0].close()
END
    ends 0 conform lifecycle/term-any-moment -- \
        python3 flag.py '{ip}' '{port}'
    reports '.cases[0].verdict == "warn" and .cases[0].level == "should"'
    reports '.cases[0].reason | startswith("SIGTERM just before accept4 of")'
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

# without_seccomp COMMAND...: seccomp(2) fails with EPERM for it.
without_seccomp() {
    /usr/bin/python3 - "$@" <<'PYTHON'
import ctypes
import os
import sys

seccomp = ctypes.CDLL('libseccomp.so.2')
seccomp.seccomp_init.restype = ctypes.c_void_p
ALLOW, ERRNO, EPERM = 0x7fff0000, 0x00050000, 1
context = ctypes.c_void_p(seccomp.seccomp_init(ALLOW))
call = seccomp.seccomp_syscall_resolve_name(b'seccomp')
if seccomp.seccomp_rule_add(context, ERRNO | EPERM, call, 0) or \
        seccomp.seccomp_load(context):
    sys.exit('cannot refuse seccomp(2)')
os.execvp(sys.argv[1], sys.argv[1:])
PYTHON
}

@test "where no filter is allowed the cases are skipped, and doctor says so" {
    requires /usr/bin/python3 jq
    run -0 without_seccomp harness conform --json=r.json fault/ daemon/
    run -0 jq -r '[.cases[] | select(.verdict == "error")] | length' r.json
    assert_output 0
    run -0 jq -r '.cases[] | select(.id == "fault/accept-emfile")
        | "\(.verdict): \(.reason)"' r.json
    assert_output \
        'skip: system calls cannot be supervised here: Operation not permitted'
    run without_seccomp harness doctor
    assert_line --regexp '^supervision +no +Operation not permitted'
}
