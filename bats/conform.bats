#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# harness conform: echo64d passes all of it, however it is built and whoever
# asks; what is selected runs, and nothing else; a report says what was seen.
# shellcheck disable=SC2154 # run sets variables by name

setup() {
    load helpers
    load verdicts
    common_setup
}

teardown() {
    common_teardown
}

# What is no pass, each with its verdict.
not_passed() {
    jq -r '.cases[] | select(.verdict != "pass") | "\(.verdict) \(.id)"' \
        r.json | sort
}

# What has nothing to say of echo64d that detaches: its log is where nobody takes
# it away, no signal that it catches interrupts a call of it that waits, it makes
# no thread, it leaves nothing behind, and it has no pool and no pipe; what the
# harness has not been told of, and what a service manager asks of one that stays
# in the foreground.
NO_POOL='skip lifecycle/start-after-kill
skip process/pipes-steady
skip process/pool-worker-killed'
NOT_TOLD='skip daemon/drops-privileges
skip daemon/listen-fds
skip daemon/pid-file
skip daemon/sd-notify'
NOT_CONCERNED="$NOT_TOLD
skip fault/accept-eintr
skip fault/log-lost
skip fault/log-stalled
skip fault/recv-eintr
skip fault/send-eintr
skip fault/thread-eagain
$NO_POOL"

@test "echo64d passes every case" {
    ends 0 conform --strict --html=r.html --junit=r.xml --tap=r.tap
    assert_equal "$(not_passed)" "$NOT_CONCERNED"
    reports '(.cases | length) >= 89'
    xmllint --noout r.html r.xml
    run -0 prove -e cat r.tap
}

@test "in the foreground it passes what concerns no detached one" {
    ends 0 conform "${LIGHT[@]}" -- echo64d -f '{ip}' '{port}'
    reports '.summary.fail == 0 and .summary.warn == 0 and .summary.error == 0'
    reports '[.cases[] | select(.id == "fault/log-lost"
        or .id == "fault/log-stalled"
        or .id == "daemon/closed-standard-streams").verdict] | unique ==
        ["pass"]'
}

@test "a pid file is judged where the harness is told of it" {
    ends 0 conform --strict --pid-file '{dir}/pid' daemon/pid-file \
        lifecycle/start-after-kill -- echo64d -p '{dir}/pid' '{ip}' '{port}'
    assert_equal "$(not_passed)" ''
}

@test "so is the user that it becomes" {
    requires_root "another user"
    ends 0 conform --strict --runs-as nobody daemon/drops-privileges -- \
        echo64d -f -u nobody '{ip}' '{port}'
    assert_equal "$(not_passed)" ''
    ends 1 conform --runs-as nobody daemon/drops-privileges
    ends 2 conform --runs-as no-such-user daemon/drops-privileges
    says "--runs-as: there is no user 'no-such-user'"
}

@test "one static executable passes too" {
    ends 0 conform --strict echo/ process/ daemon/ lifecycle/ "${LIGHT[@]}" -- \
        "$BUILD_DIR/static/echo64d" '{ip}' '{port}'
    assert_equal "$(not_passed)" "$NOT_TOLD
$NO_POOL"
}

@test "what it leaves behind when it is killed stops no start" {
    ends 0 conform --strict lifecycle/start-after-kill -- \
        echo64d -p '{dir}/pid' '{ip}' '{port}'
    reports '.cases[0] | .verdict == "pass"
        and (.evidence.facts | any(test("left pid in")))'
    fixture_server pid-file-forbids-start
    ends 0 conform lifecycle/start-after-kill -- "$SERVER" '{dir}' '{ip}' '{port}'
    reports '.summary.warn == 1'
}

@test "so does an ordinary user's" {
    requires_ordinary_user
    as_ordinary_user unshare -Urn true 2>/dev/null ||
        skip "needs user namespaces"
    # The directory of bats is closed to others.
    run -0 as_ordinary_user env TMPDIR=/tmp harness conform -q --strict \
        --json=r.json "${LIGHT[@]}"
    assert_equal "$(not_passed)" "$NOT_CONCERNED"
}

@test "without isolation three more are skipped at most, each with its reason" {
    ends 0 conform --strict --no-isolation "${LIGHT[@]}"
    reports '.summary.fail == 0 and .summary.error == 0'
    [ "$(comm -13 <(echo "$NOT_CONCERNED") <(not_passed) | wc -l)" -le 3 ]
    reports '[.cases[] | select(.verdict == "skip" and (.reason | not))] == []'
}

@test "one job at a time says the same" {
    ends 0 conform -j 1 echo/ process/ lifecycle/ "${LIGHT[@]}"
    assert_equal "$(not_passed)" "$NO_POOL"
}

@test "a server that listens already is judged, and left alone" {
    mkdir at && cd at
    echo64d -f 127.0.0.1 0 >../log 2>&1 &
    CLEANUP_PIDS=($!)
    cd ..
    wait_until grep -q 'listening on 127\.0\.0\.1:' log
    port=$(sed -n 's/.*listening on 127\.0\.0\.1:\([0-9]*\).*/\1/p' log)
    ends 0 conform --connect "127.0.0.1:$port" --pid "${CLEANUP_PIDS[0]}" \
        echo/ load/ process/ "${LIGHT[@]}"
    reports '.summary.fail == 0 and .summary.error == 0'
    reports '.summary.pass >= 20'
    kill -0 "${CLEANUP_PIDS[0]}"
}

@test "IPv6 too" {
    ends 0 conform --strict --address ::1 echo/ lifecycle/ "${LIGHT[@]}"
    reports '.summary.fail == 0 and .summary.error == 0'
    reports '.summary.pass >= 25'
}

@test "what is selected runs, what is excluded does not" {
    ends 0 conform echo/ '!echo/bulk'
    reports '[.cases[].id | select(startswith("echo/") | not)] == []'
    reports '[.cases[].id | select(. == "echo/bulk")] == []'
    reports '(.cases | length) >= 15'
    ends 2 conform no/such-case
    says 'no/such-case'
}

@test "--daemon: one that stays in the foreground breaks that promise" {
    ends 0 conform --strict --daemon daemon/
    assert_equal "$(not_passed)" "$NOT_TOLD"
    ends 0 conform daemon/ echo/one-frame -- echo64d -f '{ip}' '{port}'
    reports '.summary.fail == 0 and .summary.skip > 0'
    ends 1 conform --daemon daemon/ -- echo64d -f '{ip}' '{port}'
    reports '.summary.fail > 0'
}

@test "--strict makes a failure of a warning" {
    fixture_server spins-without-fds
    ends 0 conform fault/accept-emfile-quiet -- "$SERVER"
    reports '.summary.warn == 1 and .summary.fail == 0'
    ends 1 conform --strict fault/accept-emfile-quiet -- "$SERVER"
}

@test "a failure can be replayed as it is told" {
    fixture_server drops-odd-byte
    ends 1 conform --timeout 1 echo/ -- "$SERVER"
    jq -r '.cases[] | select(.verdict == "fail") | .evidence.replay' r.json |
        head -n 1 >again
    [ -s again ]
    run -1 bash -c "$(<again)"
    assert_output --partial '1 failed'
}

@test "explain says of each case what a server's author needs" {
    for id in $(harness list --json | jq -r '.. | .id? // empty'); do
        run -0 --separate-stderr harness explain "$id"
        [ "${#lines[@]}" -ge 5 ] || fail "too little of $id: $output"
    done
}
