#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# harness conform --client: right clients pass, wrong ones fail what their
# source says and nothing else, hostile ones end.
# Waits: for what wrong clients never do.
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and is meant to be
# shellcheck disable=SC2154 # run sets variables by name

setup() {
    load helpers
    common_setup
    export ROOT BUILD_DIR
}

teardown() {
    common_teardown
}

# client_of SOURCE: what runs it.
client_of() {
    case $1 in
    *.c) echo "$BUILD_DIR/fixtures/clients/$(basename "$1" .c)" ;;
    *) echo "$1" ;;
    esac
}

# listed SOURCE: the ids that it says it fails.
listed() {
    sed -En 's,^( \*|#|//) Conform: ,,p' "$1" |
        sed 's/ - .*//; /^none$/d' | sort
}

# with_verdict FILTER REPORT
with_verdict() {
    jq -r ".cases[] | select($1) | .id" "$2" | sort
}

# judge SOURCE: it fails what it lists; says what is different. A wrong one is
# asked no other cases but in the long form of a check.
judge() {
    local name report asked=() timeout_s=${AGAIN:+5}
    [ -n "${WHOLE-}" ] || mapfile -t asked < <(listed "$1")
    name=$(basename "$1")
    report=$name.json
    case $1 in
    *.py) command -v /usr/bin/python3 ;;
    *.pl) command -v perl ;;
    *) true ;;
    esac >/dev/null || return 0
    harness conform --client -q --timeout "${timeout_s:-2}" --json="$report" \
        "${asked[@]}" -- "$(client_of "$1")" >"$name.out" 2>&1 || true
    diff <(listed "$1") <(with_verdict \
        '.verdict == "fail" or .verdict == "warn"' "$report") |
        sed "s/^/$name: /"
    with_verdict '.verdict == "error" or .verdict == "skip"' "$report" |
        sed "s/^/$name: no verdict: /"
}
export -f client_of listed with_verdict

# blames IDS COMMAND...: a hostile client, started for these cases, fails each
# of them; nothing is said to be an error.
blames() {
    local ids=$1 status=0
    shift
    # shellcheck disable=SC2086 # words are meant
    harness conform --client -q --timeout 1 --json=report.json $ids -- "$@" \
        >out 2>&1 || status=$?
    cat out
    assert_equal "$status" 1
    assert_equal "$(with_verdict '.verdict == "fail"' report.json)" \
        "$(tr ' ' '\n' <<<"$ids" | sort)"
}

@test "echo64 passes every case" {
    run -0 harness conform --client --json=report.json
    assert_line '26 passed, 0 failed'
    assert_equal "$(jq -r .target.role report.json)" client
    assert_equal "$(jq -r .target.name report.json)" echo64
}

@test "echo64 passes every case without namespaces" {
    run -0 harness conform --client --no-isolation
    assert_line '26 passed, 0 failed'
}

@test "echo64 passes every case at ::1" {
    requires_ipv6
    run -0 harness conform --client --address ::1
    assert_line '26 passed, 0 failed'
}

@test "echo64 passes under valgrind" {
    requires valgrind
    # In short: what its own code has a branch for.
    some=(client/megabyte-line client/utf8 client/short-reply client/wrong-reply
        client/reset client/refused client/no-answer)
    count=7
    [ -z "${WHOLE-}" ] || { some=() count='2[56]'; }
    run -0 harness conform --client --valgrind --run-timeout 300 "${some[@]}"
    assert_line --regexp "^$count passed, 0 failed"
}

@test "right clients pass every case" {
    requires jq
    run -0 judge_each 8 "$ROOT"/fixtures/clients/right*.*
    assert_output ''
}

@test "each wrong client fails what its source says, and nothing else" {
    requires jq
    sources=("$ROOT"/fixtures/clients/*.*)
    wrong=()
    for source in "${sources[@]}"; do
        case $source in
        *.h | */right*) ;;
        *) wrong+=("$source") ;;
        esac
    done
    [ "${#wrong[@]}" -ge 25 ]
    run -0 judge_each 8 "${wrong[@]}"
    assert_output ''
}

@test "each case has a client that fails it" {
    unproven=$(comm -13 <(for source in "$ROOT"/fixtures/clients/*.*; do
        listed "$source"
    done | sort -u) <(harness list client/ --json | jq -r '.. | .id? // empty' |
        sort))
    assert_equal "$unproven" ''
}

@test "the dialogue is shown, both sides in order" {
    run -1 harness conform --client client/split-reply -- \
        "$BUILD_DIR/fixtures/clients/one-recv"
    assert_line --partial 'client connects'
    assert_line --partial 'user types "sixty-two'
    assert_line --partial 'server receives "sixty-two'
    assert_line --partial 'server sends "s' # and the next byte, seen at once
    assert_line --partial 'client prints "recv from server : '
    # It may come in two pieces.
    assert_line --regexp 'client prints "(recv from server : )?s'
}

@test "placeholders: the address stands where it is asked for" {
    # shellcheck disable=SC2016 # the inner shell expands it
    run -0 harness conform --client client/quit client/transcript -- \
        sh -c 'exec "$0" "$2" "$1"' echo64 '{port}' '{ip}'
    assert_line '2 passed, 0 failed'
}

@test "--listens: a client that has address and port in its source" {
    run -0 harness conform --client --listens 127.0.0.1:7007 --json=r.json \
        -- sh -c 'exec echo64 127.0.0.1 7007'
    assert_line '25 passed, 0 failed, 1 skipped'
    assert_equal "$(with_verdict '.verdict == "skip"' r.json)" \
        client/bad-arguments
}

@test "a client that cannot be executed: status 3" {
    run -3 harness conform --client client/quit -- ./none-such
    assert_line --partial 'none-such'
}

@test "a client that ends at once: status 3, and its words are shown" {
    run -3 harness conform --client client/quit -- \
        sh -c 'echo no luck >&2; exit 5' x
    assert_line --partial 'status 5'
    assert_line --partial 'no luck'
}

# What connects, and then does not do what a client does.
hostile() {
    # shellcheck disable=SC2016 # its own shell expands it
    printf '#!/bin/bash\nexec 3<>"/dev/tcp/$1/$2"\n%s\n' "$1" >client
    chmod +x client
}

@test "a client that spins, and knows no signal, is ended" {
    hostile 'trap "" TERM INT HUP PIPE; while :; do :; done'
    blames 'client/transcript client/end-of-input' ./client
}

@test "a client that prints 100 MB is ended" {
    hostile 'head -c 100M /dev/zero; exec cat'
    blames 'client/transcript client/end-of-input' ./client
}

@test "a client that floods the server is ended" {
    hostile 'exec cat /dev/zero >&3'
    blames 'client/transcript client/frame-format client/end-of-input' ./client
}

@test "a client that stops itself is ended" {
    hostile 'kill -STOP $$; exec cat'
    blames 'client/transcript client/frame-format' ./client
}

@test "a client that forks and leaves is ended, with all it left" {
    hostile '(trap "" TERM; exec cat <&3) & exit 0'
    blames 'client/transcript client/frame-format' ./client
}
