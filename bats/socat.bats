#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Programs of other makes: socat as a client of echo64d; socat and tcpserver as
# servers under the harness.
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and is meant to be
# shellcheck disable=SC2154 # run and open_connection set variables by name

setup() {
    load helpers
    load verdicts
    common_setup
}

teardown() {
    common_teardown
}

# through_socat FILE: send it, half-close, and have the same back to the end.
through_socat() {
    socat -t "$DEADLINE_S" - "TCP:$IP:$PORT" <"$1" >received
    cmp "$1" received
}

@test "a line that socat sends comes back" {
    requires socat
    start_daemon
    run -0 --separate-stderr socat -t "$DEADLINE_S" - "TCP:$IP:$PORT" <<<hello
    assert_output hello
    assert_equal "$stderr" ''
}

@test "every fixture frame that socat sends comes back" {
    requires socat
    start_daemon
    for frame in "$ROOT"/fixtures/frames/*.frame; do
        through_socat "$frame"
    done
    wait_until has_children "$DAEMON_PID" 0
}

@test "socat over IPv6" {
    requires socat
    requires_ipv6
    IP=::1
    start_daemon
    IP="[::1]" through_socat "$ROOT/fixtures/frames/all-bytes.frame"
}

@test "50 socats at once, each with bytes of its own, do not meet" {
    requires socat
    start_daemon
    pids=()
    for n in {1..50}; do
        head -c $((n * 4099)) /dev/urandom >"sent.$n"
        socat -t "$DEADLINE_S" - "TCP:$IP:$PORT" <"sent.$n" >"got.$n" \
            3>&- 4>&- &
        pids+=($!)
    done
    wait "${pids[@]}"
    for n in {1..50}; do
        cmp "sent.$n" "got.$n"
    done
    wait_until has_children "$DAEMON_PID" 0
}

@test "a socat that is killed in mid-transfer ends its own connection alone" {
    requires socat
    start_daemon
    open_connection fd
    echoes "$fd" "before"
    socat "TCP:$IP:$PORT" 'EXEC:cat /dev/zero' >/dev/null 3>&- 4>&- &
    pid=$! # wait_until has background processes too
    CLEANUP_PIDS+=("$pid")
    wait_until has_children "$DAEMON_PID" 2
    kill -KILL "$pid"
    wait_until has_children "$DAEMON_PID" 1
    echoes "$fd" "and after"
}

# passed CLIENTS: every case, with a process for each client.
passed() {
    assert_equal "${lines[-1]}" "10 passed, 0 failed"
    reports '.summary == {pass: 10, fail: 0, warn: 0, skip: 0, error: 0,
        expected: 0, stale: 0}'
    reports ".load | .connected == $1 and .frames_verified == .frames_sent"
    reports ".audit | .workers_seen >= $1 and .zombies == 0
        and .workers_left == 0"
}

@test "socat under the harness serves 500 clients at once" {
    requires socat
    ends 0 -c 500 -- \
        socat 'TCP-LISTEN:{port},bind={ip},fork,reuseaddr,backlog=512' PIPE
    passed 500
    reports '.target | .starts == "foreground" and .model == "fork"'
}

@test "tcpserver under the harness serves 500 clients at once" {
    requires tcpserver
    ends 0 -c 500 -- \
        tcpserver -c 600 -b 512 -R -H -l0 '{ip}' '{port}' cat
    passed 500
    reports '.target | .starts == "foreground" and .model == "exec"'
}
