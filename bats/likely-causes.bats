#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# One mistake that fails several cases is told once; and what a server said when
# it ended stands beside the verdict. The rules themselves are proven by
# harness/judge/test_likely_rules.c.
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and is meant to be
# shellcheck disable=SC2153,SC2154 # run, helpers.bash and verdicts.bash set them

setup() {
    load helpers
    load verdicts
    common_setup
}

teardown() {
    common_teardown
}

FRAMES=(echo/one-frame echo/split-frame echo/fixtures echo/one-byte
    echo/short-message echo/odd-sizes)
WAITS='it waits for a whole frame before it answers'

# conform STATUS SERVER CASE...: with a short deadline, since most is silence.
conform() {
    local wanted=$1 server=$2
    shift 2
    ends "$wanted" conform -q --timeout 1 --tap=r.tap --junit=r.xml \
        --html=r.html "$@" -- "$server"
}

@test "a cause that explains three failures is told once, in every report" {
    local line="$WAITS: echo/one-byte (look first), echo/short-message, "
    line+=echo/odd-sizes
    fixture_server whole-frames-only
    conform 1 "$SERVER" "${FRAMES[@]}"
    assert_line --index "$((${#lines[@]} - 3))" 'likely causes:'
    assert_line --index "$((${#lines[@]} - 2))" "  $line"
    assert_line --index "$((${#lines[@]} - 1))" '3 passed, 3 failed'
    reports '.likely_causes == [{ cause: "'"$WAITS"'", look_first:
        "echo/one-byte", cases: ["echo/one-byte", "echo/short-message",
        "echo/odd-sizes"] }]'
    grep -qxF "#   $line" r.tap
    run -0 xmllint --xpath 'string(/testsuites/testsuite/system-out)' r.xml
    assert_output --partial "  $line"
    run -0 xmllint --html --xpath \
        'string(//section[h2 = "Likely causes"]//li)' r.html
    assert_output --partial "$WAITS"
}

@test "what fails for another reason, or is a part of it, has no cause" {
    fixture_server drops-odd-byte
    conform 1 "$SERVER" "${FRAMES[@]}"
    reports '[.likely_causes[] | select(.cause == "'"$WAITS"'")] == []'
    fixture_server whole-frames-only
    conform 1 "$SERVER" echo/one-byte echo/short-message
    reports '.likely_causes == []'
    [[ $output != *'likely causes'* ]]
}

@test "a right server is told no cause" {
    conform 0 echo64d "${FRAMES[@]}"
    reports '.likely_causes == []'
    run ! grep -i 'likely cause' r.tap r.xml r.html
}

@test "a crowd's failures have a cause, too" {
    fixture_server parent-keeps-connection
    ends 1 -q -c 5 -n 2 --timeout 1 -- "$SERVER"
    reports '.likely_causes[0].cause ==
        "the connection of a client that has left is not closed"'
    reports '.likely_causes[0].look_first == "process/sockets-return"'
}

# fact CASE TEXT: the report has that among the facts of the case.
fact() {
    jq -r --arg id "$1" '.cases[] | select(.id == $id) | .evidence.facts[]?' \
        r.json | grep -qF "$2" && return
    jq -c '.cases[]' r.json
    fail "no such fact of $1: $2"
}

@test "a server that ends under a case is quoted, with its status" {
    local id
    fixture_server reset-ends-all
    conform 1 "$SERVER" load/resets lifecycle/still-serving
    for id in load/resets lifecycle/still-serving; do
        fact "$id" 'the server ended (status 1); it printed: recv: '
    done
}

@test "a server that does not start again is quoted" {
    cat >server <<'SERVER'
[ ! -e pid ] || { echo 'pid file exists' >&2 && exit 1; }
echo $$ >pid
trap : TERM
echo64d -f "$1" "$2" &
while kill -0 $!; do wait $!; done
rm pid
SERVER
    ends 0 conform -q -j 1 lifecycle/restart-beside-client -- \
        sh server '{ip}' '{port}'
    reports '.cases[0].verdict == "warn"'
    fact lifecycle/restart-beside-client 'it printed: pid file exists'
}
