#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Working on a server until it is right: --rerun, --watch; and a CI that shows
# what is not: --github.
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and is meant to be
# shellcheck disable=SC2034,SC2154 # run and helpers.bash set and read variables

setup() {
    load helpers
    load verdicts
    common_setup
}

teardown() {
    common_teardown
}

# report VERDICT...: old.json, as of a server, with a case of each verdict.
report() {
    local ids=(echo/one-byte echo/half-close echo/one-frame load/burst
        echo/short-message) cases='' i=0 verdict
    for verdict; do
        cases+=", {\"id\": \"${ids[i]}\", \"verdict\": \"$verdict\"}"
        i=$((i + 1))
    done
    printf '{"schema": 1, "harness": {"version": "1.0.0"}, "mode": "conform",
        "target": {"command": ["./server"]}, "cases": [%s]}' \
        "${cases#, }" >old.json
}

# refused_rerun PATTERN ARGUMENT...: status 2, and such a line alone.
refused_rerun() {
    local message=$1
    shift
    run -2 --separate-stderr harness conform --rerun "$@"
    assert_output ''
    # shellcheck disable=SC2053 # it is a pattern
    [[ $stderr == "harness: --rerun: "$message ]] ||
        fail "no '$message' in: $stderr"
    assert_equal "${#stderr_lines[@]}" 1
}

@test "--rerun: only what failed, warned or was in error" {
    report fail pass warn skip error
    ends 0 conform --rerun old.json -- echo64d
    reports '[.cases[].id] | sort ==
        ["echo/one-byte", "echo/one-frame", "echo/short-message"]'
    ends 0 conform --rerun old.json '!echo/one-*' -- echo64d
    reports '[.cases[].id] == ["echo/short-message"]'
    # Its own report, which is written over.
    fixture_server stale-tail
    ends 1 conform echo/one-byte echo/odd-sizes -- "$SERVER"
    ends 1 conform --rerun r.json -- "$SERVER"
    reports '[.cases[].id] == ["echo/odd-sizes"]'
}

@test "--rerun: nothing to run again is no success" {
    report pass skip
    refused_rerun 'old.json: nothing failed, warned or was in error there' \
        old.json -- echo64d
    report fail
    refused_rerun 'old.json: nothing of what is selected went wrong there' \
        old.json load/ -- echo64d
}

@test "--rerun: a report of something else is refused" {
    report fail
    refused_rerun 'old.json: it is of another program: give its COMMAND again,'\
' behind --' old.json
    sed 's/"echo.one-byte"/"memory\/no-leaks"/' old.json >new.json
    refused_rerun 'new.json: memory/no-leaks went wrong there: it needs '\
'--valgrind' new.json -- echo64d
    sed 's/one-byte/no-such-case/' old.json >new.json
    refused_rerun "new.json: this version has no case 'echo/no-such-case', as "\
'the one that wrote the report' new.json -- echo64d
    sed 's/"schema": 1/"schema": 2/' old.json >new.json
    refused_rerun 'new.json: a report of another version ("schema" 2; this one'\
' reads 1)' new.json -- echo64d
    run -2 harness --rerun old.json
    assert_output --partial "--rerun: only with 'harness conform'"
}

@test "--rerun: a file that is no report is refused by name" {
    : >empty
    echo '{"schema": 1, "cases": ["' >broken
    printf '{"schema"\0: 1}' >nul
    head -c 9M /dev/zero | tr '\0' ' ' >huge
    head -c 100000 /dev/zero | tr '\0' '[' >deep
    # What it holds cannot act on the terminal.
    printf '{"schema": 1, "harness": {"version": "1"}, "mode": "\\u001b[2J"}' \
        >hostile
    refused_rerun 'empty: no JSON: line 1, column 0: *' empty
    refused_rerun 'broken: no JSON: line 1, column 2?: *' broken
    refused_rerun 'nul: no JSON: it holds a NUL' nul
    refused_rerun 'huge: larger than 8 MiB' huge
    refused_rerun 'deep: no JSON: line 1, column 20??: maximum *depth *' deep
    refused_rerun "hostile: no \"mode\" that there is: '\\\\x1b\[2J'" hostile
    refused_rerun '.: Is a directory' .
    refused_rerun 'nosuch: No such file or directory' nosuch
}

# shows LINE: the run in the background has printed that.
shows() {
    grep -qxF -- "$1" out
}

@test "--watch: again whenever the program changes, until a signal" {
    local first
    fixture_server stale-tail
    cp "$SERVER" server
    harness conform -q --watch --json=r.json echo/one-byte echo/odd-sizes \
        -- ./server >out 2>&1 3>&- 4>&- &
    CLEANUP_PIDS=($!)
    wait_until shows '1 passed, 1 failed'
    wait_until shows 'harness: waiting for a change of ./server'
    reports '.summary.fail == 1'
    # A compiler takes it away, and comes back to it later.
    rm server
    cp "$BUILD_DIR/echo64d" new
    mv new server
    wait_until shows '2 passed, 0 failed'
    shows 'harness: ./server has changed'
    reports '.summary.fail == 0'
    kill -INT "${CLEANUP_PIDS[0]}"
    exits_with 130 "${CLEANUP_PIDS[0]}"
}

# not_pending PID: the signals that came to it have been read.
not_pending() {
    [[ $(process_field "$1" ShdPnd) =~ ^0*$ ]]
}

@test "--watch: the script behind an interpreter counts, and a mistake ends it" {
    echo 'echo first; exit 1' >server.sh
    harness --watch -c 1 -- sh server.sh >out 2>&1 3>&- 4>&- &
    CLEANUP_PIDS=($!)
    wait_until grep -q '^harness: waiting' out
    echo 'echo second; exit 1' >server.sh
    wait_until shows '  | second'
    # The run has mostly nothing left to do then, and does not look any more.
    worker=$(children "${CLEANUP_PIDS[0]}")
    [ -z "$worker" ] || kill -STOP "$worker" || true
    kill -TERM "${CLEANUP_PIDS[0]}"
    wait_until not_pending "${CLEANUP_PIDS[0]}"
    [ -z "$worker" ] || kill -CONT "$worker" || true
    exits_with 143 "${CLEANUP_PIDS[0]}"
    run -2 harness --watch --connect 127.0.0.1:7
    assert_output --partial '--watch: not with --connect'
    run -2 harness conform --watch --rerun nosuch
}

# A line for each, which a runner reads back to this.
annotations() {
    perl -ne 'next unless /^::(\w+) title=([^:,]*)::(.*)$/;
        my ($kind, $title, $text) = ($1, $2, $3);
        s/%([0-9A-F]{2})/chr hex $1/ge for $title, $text;
        print "$kind <$title> ", (split /\n/, $text)[1], "\n"' <<<"$1"
}

@test "--github: an annotation for each failure and warning, beside all else" {
    fixture_server small-writes
    ends 0 conform --github echo/no-stall echo/one-byte -- "$SERVER"
    assert_equal "${lines[-1]}" '2 passed, 0 failed'
    run -0 annotations "$output"
    assert_equal "${#lines[@]}" 1
    assert_output --regexp \
        '^warning <echo/no-stall: .*> reason: '
    fixture_server stale-tail
    ends 1 -q --github -c 2 -n 2 -- "$SERVER"
    assert_line --regexp '^::error title=echo/short-message%3A a message '
    assert_line --regexp '%0Aobserved: .*%0Areplay: '
    ends 3 -q --github -c 2 -- sh -c 'echo ::error::forged; exit 1'
    assert_line '::error title=sh::the target never came up: it ended (status'\
' 1) without listening'
    refute_line --regexp '^ *::error::'
    [[ $stderr == *'  | ::error::forged'* ]]
    ends 0 -q -c 1 -n 1
    refute_output --partial ::
}
