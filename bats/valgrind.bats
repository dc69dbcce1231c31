#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# harness --valgrind: what memcheck sees in the daemon and in every worker.
# Waits: under memcheck each wait is twenty times as long.
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and is meant to be

setup() {
    load helpers
    load verdicts
    common_setup
    requires valgrind
}

teardown() {
    common_teardown
}

@test "echo64d passes, in memory too" {
    ends 0 --valgrind -c 8
    assert_equal "${lines[-1]}" "13 passed, 0 failed"
    reports '.target.valgrind'
    reports '[.cases[] | select(.id | startswith("memory/")) | [.id, .verdict]]
        == [["memory/no-errors", "pass"], ["memory/no-leaks", "pass"],
            ["memory/fds-closed", "pass"]]'
}

@test "without --valgrind no case of memory/ is selected" {
    ends 0 -c 2 -n 2
    reports '.target.valgrind | not'
    reports '[.cases[].id | select(startswith("memory/"))] == []'
}

# judge NAME: run that server under valgrind, and print in what the verdicts
# are not what its source says.
judge() {
    local name=$1 wanted
    wanted=$({ listed Fails "$name" &&
        listed Fails-under-valgrind "$name"; } | sort | xargs)
    harness --valgrind -c 8 -n 4 --timeout 0.3 --json="$name.json" \
        -- "$BUILD_DIR/fixtures/servers/$name" >"$name.out" 2>&1
    [ "$(failing "$name.json" | xargs)" = "$wanted" ] ||
        echo "$name: lists '$wanted': $(<"$name.out")"
}

@test "each server that lists a case of memory/ fails or passes it as listed" {
    cd "$ROOT/fixtures/servers"
    mapfile -t names < <(grep -lE '^ \* (Fails|Passes)-under-valgrind: ' ./*.c)
    cd "$BATS_TEST_TMPDIR"
    names=("${names[@]#./}")
    names=("${names[@]%.c}")
    [ -n "${WHOLE-}" ] || names=(leaks-memory forgets-dup looks-for-newline
        right-looks-for-newline)
    [ "${#names[@]}" -gt 3 ]
    for name in "${names[@]}"; do
        fixture_server "$name"
    done
    export -f listed tagged source_of failing
    export ROOT BUILD_DIR
    run -0 judge_each 8 "${names[@]}"
    assert_output ''
}

@test "a leak is shown with process, size, file and line" {
    fixture_server leaks-memory
    ends 1 --valgrind -c 2 -n 2 -- "$SERVER"
    assert_line --regexp '^fail +memory/no-leaks  '
    assert_line --regexp 'pid .* bytes in .* lost .*leaks-memory.c:[0-9]+'
    assert_line --regexp '^ +replay: +.*--valgrind.* -- .*/leaks-memory$'
}

@test "a static executable is skipped, and that is said" {
    static=$BUILD_DIR/static/echo64d
    [ -x "$static" ] || fail "$static is not there: make static"
    ends 0 --valgrind -c 8 -n 4 -- "$static"
    assert_equal "${lines[-1]}" "10 passed, 0 failed, 3 skipped"
    reports '[.cases[] | select(.id | startswith("memory/"))
        | .verdict == "skip" and (.reason | test("static"))]
        == [true, true, true]'
}

@test "under valgrind without isolation too" {
    TMPDIR=$PWD/tmp
    mkdir tmp
    export TMPDIR
    ends 0 --valgrind -c 4 -n 4 --no-isolation
    assert_equal "${lines[-1]}" "13 passed, 0 failed"
    run -0 ls -A tmp
    assert_output ''
}

# Each of them says in its own way that nothing shall be found.
@test "neither VALGRIND_OPTS nor a .valgrindrc hides a leak" {
    fixture_server leaks-memory
    mkdir home
    echo --leak-check=no >home/.valgrindrc
    echo --show-leak-kinds=none >.valgrindrc
    HOME=$PWD/home VALGRIND_OPTS=--tool=none \
        ends 1 --valgrind -c 2 -n 2 -- "$SERVER"
    reports '[.cases[] | select(.verdict != "pass").id] == ["memory/no-leaks"]'
    reports '.cases[] | select(.id == "memory/no-leaks")
        | .evidence.facts | length > 0'
}

@test "valgrind's logs may stand below any name" {
    export TMPDIR="$PWD/a %p%q{HOME} 100%"
    mkdir "$TMPDIR"
    ends 0 --valgrind -c 2 -n 2 --no-isolation
    assert_equal "${lines[-1]}" "13 passed, 0 failed"
}

@test "what is no log among valgrind's is named, and holds nobody up" {
    export TMPDIR=$PWD/tmp
    mkdir tmp
    timeout 90 harness --json=r.json --valgrind -c 2 -n 2 --no-isolation \
        >out 2>&1 3>&- 4>&- &
    pid=$!
    CLEANUP_PIDS+=("$pid")
    wait_until compgen -G 'tmp/*/logs1'
    logs=(tmp/*/logs1)
    mkfifo "${logs[0]}/v.9.log"
    DEADLINE_S=100 exits_with 4 "$pid"
    reports '[.cases[] | select(.verdict == "error").id]
        == ["memory/no-errors", "memory/no-leaks", "memory/fds-closed"]'
    reports '[.cases[] | select(.verdict == "error").reason] | unique
        == ["valgrind\u0027s logs: v.9.log is no regular file"]'
}

@test "where valgrind is missing the status is 4, and that is said" {
    mkdir bin
    run --separate-stderr env PATH="$PWD/bin" \
        "$BUILD_DIR/harness" --valgrind -c 2
    assert_equal "$status" 4
    says valgrind
}
