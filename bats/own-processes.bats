#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A process of the harness's own that something ends in mid-run, as the kernel
# does when memory is short: the run is in error, and no target is blamed.
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and is meant to be
# shellcheck disable=SC2154 # run sets variables by name

setup() {
    load helpers
    load verdicts
    common_setup
}

teardown() {
    common_teardown
}

# begin_run ARGUMENT...: in the background, as HARNESS_PID; its report is
# r.json.
begin_run() {
    harness --json=r.json "$@" >out 2>err 3>&- 4>&- &
    HARNESS_PID=$!
    CLEANUP_PIDS+=("$HARNESS_PID")
}

# find_own NAME PARENT: sets VICTIM to the run's first process of that name
# whose parent has that one. Without forks: many walk and the machine is busy.
find_own() {
    local of name pids queue=("$HARNESS_PID")
    while [ "${#queue[@]}" -gt 0 ]; do
        of=
        read -r of 2>/dev/null <"/proc/${queue[0]}/comm" || true
        pids=()
        read -ra pids 2>/dev/null \
            <"/proc/${queue[0]}/task/${queue[0]}/children" || true
        for VICTIM in "${pids[@]}"; do
            name=
            read -r name 2>/dev/null <"/proc/$VICTIM/comm" || true
            [ "$name $of" != "$1 $2" ] || return 0
        done
        queue=("${queue[@]:1}" "${pids[@]}")
    done
    return 1
}

# broke_off REASON: the run, in which VICTIM was killed, judged nothing.
broke_off() {
    exits_with 4 "$HARNESS_PID"
    reports '.summary.error == (.cases | length) and .summary.error > 0'
    reports "[.cases[] | select(.reason | contains(\"$1\") | not)] == []"
    left_are ''
}

# begin_crowd [OPTION]: of clients that the server lets wait for each other.
begin_crowd() {
    fixture_server serial
    begin_run -c 4 --timeout 60 "$@" -- "$SERVER"
    wait_until find_own harness-crowd harness-crowd
}

@test "a client of the crowd that is killed is no fault of the server" {
    for more in '' --no-isolation; do
        # shellcheck disable=SC2086 # none or one
        begin_crowd $more
        kill -KILL "$VICTIM"
        broke_off 'of 20 (a process of harness-crowd) was killed by SIGKILL'
    done
}

@test "nor is the process that has forked them" {
    begin_crowd
    wait_until find_own harness-crowd harness-case
    kill -KILL "$VICTIM"
    broke_off 'harness-crowd ended: killed by SIGKILL'
}

@test "nor the first process of the sandbox, with which all in it ends" {
    unshare -n true 2>/dev/null || unshare -rn true 2>/dev/null ||
        skip "needs namespaces"
    begin_crowd
    wait_until find_own harness-sandbox harness-case
    kill -KILL "$VICTIM"
    broke_off 'ended from outside (killed by SIGKILL)'
}

@test "nor the process that watches it all" {
    for more in '' --no-isolation; do
        # shellcheck disable=SC2086 # none or one
        begin_crowd $more
        wait_until find_own harness-case harness
        kill -KILL "$VICTIM"
        broke_off 'the process that ran it broke off'
    done
}

# The first start is the survey's.
started_twice() {
    local lines=()
    mapfile -t lines 2>/dev/null <starts
    [ "${#lines[@]}" -eq 2 ]
}

@test "a case whose sandbox is ended is in error, though an echo never came" {
    unshare -n true 2>/dev/null || unshare -rn true 2>/dev/null ||
        skip "needs namespaces"
    fixture_server whole-frames-only
    # What sleeps for a time may yet do something: it is waited for to the end.
    server_script 'echo >>starts' 'sleep 30 &' "exec '$SERVER' \"\$@\""
    touch starts
    begin_run conform -j 1 --timeout 60 echo/short-message -- ./server
    wait_until started_twice
    wait_until find_own harness-sandbox harness-case
    kill -KILL "$VICTIM"
    broke_off 'ended from outside (killed by SIGKILL)'
}
