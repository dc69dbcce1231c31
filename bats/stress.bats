#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Many clients at once: what is promised of `harness -c 500`, in figures.
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

# served CLIENTS FRAMES: all were connected at once, each had all its frames
# back, and the server then held what it had held before.
served() {
    reports '.summary == {pass: 10, fail: 0, warn: 0, skip: 0, error: 0,
        expected: 0, stale: 0}'
    reports ".load | .clients == $1 and .connected == $1
        and .frames_sent == $1 * $2 and .frames_verified == $1 * $2
        and .bytes_verified == $1 * $2 * 64"
    reports ".audit | .workers_seen >= $1 and .zombies == 0
        and .workers_left == 0 and .fds_before > 0
        and .fds_after == .fds_before and .leaked_fds == []
        and .sockets_left == 0"
    assert_equal "${lines[-1]}" "10 passed, 0 failed"
}

@test "500 clients at once, 10,000 frames verified, nothing left behind" {
    ends 0 -c 500 -n 20
    served 500 20
    assert_line --regexp '^clients +500 of 500 connected at once$'
    assert_line --regexp '^frames +10000 of 10000 verified, 640000 bytes, '
    assert_line --regexp '^audit +[0-9]+ workers seen, 0 zombies, 0 workers '
    reports '.target | .starts == "detached" and .model == "fork"'
}

@test "500 clients of a server in the foreground" {
    ends 0 -c 500 -n 20 -- echo64d -f
    served 500 20
    reports '.target | .starts == "foreground" and .model == "fork"'
}

@test "500 clients of a static executable" {
    static=$BUILD_DIR/static/echo64d
    [ -x "$static" ] || fail "$static is not there: make static"
    ends 0 -c 500 -n 20 -- "$static"
    served 500 20
}

@test "500 clients over IPv6, without isolation" {
    requires_ipv6
    ends 0 -c 500 -n 20 --address ::1 --no-isolation
    served 500 20
    reports '.target | .address == "::1" and (.isolated | not)'
}

@test "2,000 clients at once" {
    ends 0 -c 2000 -n 20
    served 2000 20
}

@test "one client" {
    ends 0 -c 1 -n 1
    served 1 1
}

@test "each client sends each fixture once, and as many frames of its own" {
    frames=$(($(cat "$ROOT"/fixtures/frames/*.frame | wc -c) / 64))
    ends 0 -c 3
    served 3 $((2 * frames))
}

@test "500 processes at once are seen from outside, and none afterwards" {
    start_daemon
    open_connection fd
    echoes "$fd" "its start is over"
    exec {fd}>&-
    wait_until has_children "$DAEMON_PID" 0
    fds=("/proc/$DAEMON_PID/fd"/*)
    harness -c 500 -n 200 --connect "$IP:$PORT" --pid "$DAEMON_PID" \
        --json=r.json >out 2>err 3>&- 4>&- &
    pid=$! # wait_until has background processes too
    CLEANUP_PIDS+=("$pid")
    wait_until at_least 500 "$DAEMON_PID"
    exits_with 0 "$pid"
    wait_until has_children "$DAEMON_PID" 0
    now=("/proc/$DAEMON_PID/fd"/*)
    assert_equal "${now[*]}" "${fds[*]}"
    reports '.load | .connected == 500 and .frames_verified == 100000'
    reports '.audit | .workers_seen >= 500 and .zombies == 0'
    open_connection fd
    echoes "$fd" "serves on"
}

# By processor time, which no other work on this machine adds to.
@test "a server with 3,000 files open is audited in no time" {
    requires /usr/bin/python3
    cat >opens <<'BASH'
#!/usr/bin/env bash
cd "$1" && shift
for ((i = 0; i < 3000; i++)); do
    exec {fd}>"$i"
done
exec "$@"
BASH
    chmod +x opens
    (ulimit -t 8 &&
        ends 0 -c 8 -n 4 -- ./opens '{dir}' \
            "$ROOT/fixtures/peers/threads.py" '{ip}' '{port}')
    reports '.audit | .fds_before >= 3000 and .fds_after == .fds_before'
}
