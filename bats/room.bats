#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Where the machine has little room for processes or descriptors a right server
# is not wrong: what does not fit is skipped, with the limit, and what meets the
# limit meanwhile is in error.
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and is meant to be
# shellcheck disable=SC2154 # run sets variables by name

setup() {
    load helpers
    load verdicts
    common_setup
    GROUP=
}

teardown() {
    common_teardown
    [ -z "$GROUP" ] || wait_until rmdir "$GROUP"
}

# Skip where with_processes cannot be called.
requires_users() {
    requires_root "another user"
    requires setpriv
    USER_ID=$((100000 + BASHPID))
    chmod 777 .
    as_user test -x "$BUILD_DIR/harness" ||
        skip "needs a build directory that others may enter"
}

# As a user of whom nothing else runs.
as_user() {
    setpriv --reuid="$USER_ID" --regid="$USER_ID" --clear-groups "$@"
}

# with_processes N COMMAND...: as that user, who may have so many.
with_processes() {
    rm -f r.json
    # shellcheck disable=SC2016 # the inner shell expands it
    as_user bash -c 'ulimit -u "$0" && exec "$@"' "$@"
}

# group_of N: sets GROUP to a control group of so many processes.
group_of() {
    local root
    for root in /sys/fs/cgroup/pids /sys/fs/cgroup; do
        GROUP=$root/echo64-$BASHPID-$1
        mkdir "$GROUP" 2>/dev/null || continue
        [ -e "$GROUP/cgroup.procs" ] &&
            echo "$1" 2>/dev/null >"$GROUP/pids.max" && return
        rmdir "$GROUP"
    done
    GROUP=
    skip "needs a pids control group"
}

# in_group COMMAND...: in GROUP.
in_group() {
    # shellcheck disable=SC2016 # the inner shell expands it
    bash -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$GROUP" "$@"
}

LOAD=(echo/one-frame load/concurrent-clients load/own-bytes load/burst
    process/simultaneous-exits lifecycle/still-serving)

# only_skips LIMIT: nothing failed or was in error, and what was skipped says
# how many it needs and that.
only_skips() {
    reports '.summary | .fail + .warn + .error == 0 and .pass > 0 and .skip > 0'
    reports "[.cases[] | select(.verdict == \"skip\") | .reason |
        select(test(\"^needs [0-9]+ processes.* is room for [0-9]+: \") and
               contains(\"$1\") | not)] == []"
}

@test "a user of few processes: what does not fit is skipped" {
    requires_users
    with_processes 20 harness conform -q --json=r.json "${LOAD[@]}"
    only_skips 'RLIMIT_NPROC (ulimit -u) 20, '
    with_processes 60 harness conform -q --json=r.json "${LOAD[@]}"
    only_skips 'RLIMIT_NPROC (ulimit -u) 60, '
}

@test "a control group of few processes: likewise" {
    group_of 40
    in_group harness conform -q --json=r.json "${LOAD[@]}"
    only_skips '/pids.max 40, '
    wait_until rmdir "$GROUP"
    group_of 100
    in_group harness conform -q --json=r.json "${LOAD[@]}"
    only_skips '/pids.max 100, '
}

@test "one process serves as many as there are descriptors for" {
    requires_users
    fixture_server right-epoll
    with_processes 20 harness conform -q --json=r.json \
        load/concurrent-clients -- "$SERVER"
    reports '.summary.pass == 1'
}

@test "no room for a single case: status 4, with the limit" {
    requires_users
    run -4 with_processes 8 harness conform echo/
    assert_output --regexp 'needs [0-9]+ processes; .* RLIMIT_NPROC .* 8, '
    run -4 with_processes 8 harness -c 1
    assert_output --partial 'RLIMIT_NPROC (ulimit -u) 8, '
    run -4 with_processes 1 harness conform echo/
    assert_output --partial 'RLIMIT_NPROC (ulimit -u) 1, '
}

# From its second start on, which is a case's, the server takes the room; of
# stress, from the first on.
greedy_server() {
    server_script 'echo >>starts' \
        "[ \$(wc -l <starts) -lt $1 ] || for i in \$(seq $2); do" \
        'sleep 60 & done' 'exec echo64d "$@"'
}

# out_of_room LIMIT: no case failed; one at least is in error, for that reason.
out_of_room() {
    reports '.summary | .fail + .warn == 0 and .error > 0'
    reports "[.cases[] | select(.verdict == \"error\") | .reason |
        select(contains(\"no room was left\") and
               contains(\"$1\") | not)] == []"
}

@test "room that is gone meanwhile is no fault of the server" {
    requires_users
    greedy_server 2 50
    run -4 with_processes 120 harness conform -q --timeout 2 --json=r.json \
        load/concurrent-clients -- ./server
    out_of_room 'RLIMIT_NPROC (ulimit -u) 120, '
    rm starts
    group_of 120
    run -4 in_group harness conform -q --timeout 2 --json=r.json \
        load/concurrent-clients -- ./server
    out_of_room '/pids.max 120, '
}

@test "nor is it where many clients are there at once" {
    requires_users
    greedy_server 1 80
    run -4 with_processes 115 harness -c 20 -q --timeout 2 --json=r.json \
        -- ./server
    out_of_room 'RLIMIT_NPROC (ulimit -u) 115, '
}

# with_files N COMMAND...
with_files() {
    # shellcheck disable=SC2016 # the inner shell expands it
    bash -c 'ulimit -n "$0" && exec "$@"' "$@" 3>&- 4>&-
}

@test "no descriptors for the harness itself: status 4, with the limit" {
    run -4 with_files 5 harness -c 2
    assert_output --regexp 'needs [0-9]+ descriptors: RLIMIT_NOFILE .* is 5$'
    run -4 with_files 5 harness conform echo/
    assert_output --regexp 'needs [0-9]+ descriptors: RLIMIT_NOFILE .* is 5$'
}

@test "few descriptors: what does not fit is skipped, or in error" {
    fixture_server right-epoll
    with_files 64 harness conform -q --json=r.json echo/one-frame \
        load/concurrent-clients load/own-bytes -- "$SERVER"
    reports '.summary | .pass == 1 and .skip == 2'
    reports '[.cases[1, 2].reason |
        select(contains("RLIMIT_NOFILE (ulimit -n) is 64") | not)] == []'
    run -4 with_files 64 harness -c 100 -q --timeout 2 --json=r.json \
        -- "$SERVER"
    out_of_room 'RLIMIT_NOFILE (ulimit -n) 64, '
}
