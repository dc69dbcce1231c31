#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The reports of the harness, each read by a tool that others read it with, in
# runs that pass, that fail, and that never came up.
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

# every_report STATUS ARGUMENT...: a run with all four, r.json and its like.
every_report() {
    local wanted=$1
    shift
    ends "$wanted" --tap=r.tap --junit=r.xml --html=r.html "$@"
}

# passing, failing (stale-tail), never up: the three kinds of a run.
passing_run() {
    every_report 0 -c 3 -n 4 --seed 4242 "$@"
}

failing_run() {
    fixture_server stale-tail
    every_report 1 -c 3 -n 4 --seed 4242 "$@" -- "$SERVER"
}

run_that_never_came_up() {
    every_report 3 -c 3 -n 4 --seed 4242 -- sh -c 'exit 7'
}

# xpath EXPRESSION: what it comes to in the JUnit report.
xpath() {
    xmllint --xpath "$1" r.xml
}

# proves STATUS: prove reads the TAP report without a complaint about its form.
# Its status is 255 where the report bails out: no case was judged.
proves() {
    requires prove
    run "-$1" prove -e cat r.tap
    refute_output --partial 'Parse errors'
}

@test "TAP: prove is content with a run that passes" {
    passing_run
    proves 0
    assert_output --partial 'Tests=10'
    assert_equal "$(head -1 r.tap)" 'TAP version 13'
    grep -qx '1\.\.10' r.tap
    grep -qxE 'ok [0-9] - process/no-zombies' r.tap
}

@test "TAP: prove runs the harness itself, once for each server" {
    requires prove
    fixture_server right-epoll
    run -0 prove --exec 'harness -q -c 4 -n 4 --tap --' \
        "$BUILD_DIR/echo64d" "$SERVER"
    assert_output --partial 'Files=2, Tests=20'
    fixture_server fixed-length
    run -1 prove --exec 'harness -q -c 4 -n 4 --tap --' "$SERVER"
}

@test "TAP: a failure is not ok, with YAML that holds the evidence" {
    failing_run
    proves 1
    assert_output --partial 'Failed 1/10'
    # shellcheck disable=SC2016 # these are Perl's
    run -0 perl -MTAP::Parser -e '
        my $p = TAP::Parser->new({ source => "r.tap" });
        while (my $r = $p->next) {
            next unless $r->is_yaml;
            my $d = $r->data;
            print "$_=$d->{$_}\n" for grep { !ref $d->{$_} } sort keys %$d;
        }'
    assert_line --regexp '^message=.+'
    assert_line 'level=must'
    assert_line 'source=RFC 862'
    assert_line --regexp '^expected=.+'
    assert_line --regexp '^observed=.+'
    assert_line --regexp '^replay=.*harness stress --seed 4242 .*stale-tail$'
    grep -qE '^not ok [0-9] - echo/short-message$' r.tap
}

@test "TAP: a skip says why; a run of skips alone is no success" {
    run_that_never_came_up
    proves 255
    assert_equal "$(grep -cE '^ok [0-9]+ - .* # SKIP the target never came up' \
        r.tap)" 10
    refute grep -qE '^ok [0-9]+ - [^#]*$' r.tap
}

@test "TAP: an error is not ok, and says why" {
    every_report 4 -c 2 --run-timeout 0.2 -- sh -c 'exec tail -f /dev/null'
    proves 1
    assert_output --partial 'Failed 10/10'
    assert_equal "$(grep -cE '^not ok [0-9]+ - [^ ]+ # error: ' r.tap)" 10
}

@test "TAP: a failure that is expected is TODO" {
    echo echo/short-message >known
    fixture_server stale-tail
    every_report 0 -c 2 -n 2 --expect known -- "$SERVER"
    proves 0
    grep -qE '^not ok [0-9] - echo/short-message # TODO expected$' r.tap
}

# counted TESTS FAILURES ERRORS SKIPPED: in the attributes of the suite, in
# those of the whole, and in the elements.
counted() {
    local where
    xmllint --noout r.xml
    for where in /testsuites /testsuites/testsuite; do
        assert_equal "$(xpath "concat($where/@tests, ' ', $where/@failures,
            ' ', $where/@errors, ' ', $where/@skipped)")" "$1 $2 $3 $4"
    done
    assert_equal "$(xpath "concat(count(//testcase), ' ',
        count(//testcase/failure), ' ', count(//testcase/error), ' ',
        count(//testcase/skipped))")" "$1 $2 $3 $4"
}

@test "JUnit: a run that passes, a case each, classname its family" {
    passing_run
    counted 10 0 0 0
    assert_equal "$(xpath 'count(//testcase[@classname="process"])')" 5
    assert_equal "$(xpath 'count(//testcase[starts-with(@name,
        concat(@classname, "/"))])')" 10
    assert_equal "$(xpath 'count(//testcase[@time >= 0])')" 10
    assert_equal "$(xpath '//testcase/@name' | sort -u | wc -l)" 10
}

@test "JUnit: a failure has a message and the evidence as its text" {
    failing_run
    counted 10 1 0 0
    assert_equal "$(xpath 'string(//failure/../@classname)')" echo
    [ -n "$(xpath 'string(//failure/@message)')" ]
    run -0 xpath 'string(//failure)'
    assert_line --regexp '^expected: '
    assert_line --regexp '^observed: '
    assert_line --regexp '^replay: +harness stress --seed 4242 '
    refute_output --partial $'\e'
}

@test "JUnit: skips and errors are told apart, each with its reason" {
    run_that_never_came_up
    counted 10 0 0 10
    assert_equal "$(xpath 'count(//skipped[contains(@message,
        "never came up")])')" 10
    every_report 4 -c 2 --run-timeout 0.2 -- sh -c 'exec tail -f /dev/null'
    counted 10 0 10 0
    assert_equal "$(xpath 'count(//error[contains(@message,
        "--run-timeout")])')" 10
}

@test "JUnit: a failure that is expected is skipped" {
    echo echo/short-message >known
    fixture_server stale-tail
    every_report 0 -c 2 -n 2 --expect known -- "$SERVER"
    counted 10 0 0 1
}

@test "JSON: every name that is promised is there, with its type" {
    passing_run
    reports '[.schema, .harness.version, .mode, .seed, .target, .started_at,
        .wall_seconds, .summary, .cases, .load, .audit] | map(type) ==
        ["number", "string", "string", "number", "object", "string",
         "number", "object", "array", "object", "object"]'
    reports '.schema == 1 and .mode == "stress" and .seed == 4242'
    reports '.target | [.name, .role, .command, .address, .port, .starts,
        .model, .isolated, .valgrind] | map(type) ==
        ["string", "string", "array", "string", "number", "string", "string",
         "boolean", "boolean"]'
    reports '.target | .role == "server" and (.command | all(type == "string"))
        and ([.starts] | inside(["detached", "foreground", "attached"]))
        and ([.model] | inside(["fork", "exec", "prefork", "threads",
            "event-loop", "unknown"]))'
    reports '.started_at | test("^20[0-9]{2}-[01][0-9]-[0-3][0-9]T" +
        "[0-2][0-9]:[0-5][0-9]:[0-6][0-9]([.][0-9]+)?(Z|[+-][0-9:]{5})$")'
    reports '.summary | keys == (["pass", "fail", "warn", "skip", "error",
        "expected", "stale"] | sort) and all(type == "number")'
    reports '.load | [.clients, .connected, .frames_sent, .frames_verified,
        .bytes_verified, .seconds] | all(type == "number")'
    reports '.load | .connect_seconds, .round_trip_seconds
        | keys == (["p50", "p90", "p99", "p999", "max",
            "histogram_ns"] | sort)
        and (.histogram_ns | length > 0 and all(.[]; . > 0))
        and .p50 > 0 and .p50 <= .p90 and .p90 <= .p99 and .p99 <= .p999
        and .p999 <= .max'
    reports '.audit | [.workers_seen, .zombies, .workers_left, .fds_before,
        .fds_after, .sockets_left, .seconds] | all(type == "number")'
    reports '.audit.leaked_fds == []'
}

@test "JSON: each case has its names, and each id stands there once" {
    failing_run
    reports '.cases | length == 10 and (map(.id) | unique | length) == 10'
    reports '.cases | all(.[]; [.id, .title, .level, .sources, .verdict,
        .seconds, .evidence] | map(type) == ["string", "string", "string",
        "array", "string", "number", "object"])'
    reports '.cases | all(.[]; has("reason")
        and ([.level] | inside(["must", "should"]))
        and ([.verdict] | inside(["pass", "fail", "warn", "skip", "error"])))'
    reports '[.cases[].id] | sort == (["load/concurrent-clients",
        "load/own-bytes", "load/overlap", "echo/short-message",
        "process/no-zombies", "process/workers-exit", "process/fds-return",
        "process/fds-after-resets", "process/sockets-return",
        "lifecycle/still-serving"] | sort)'
    reports '.cases[] | select(.id == "echo/short-message")
        | .verdict == "fail" and (.reason | length) > 0
        and (.evidence | .expected and .observed and .replay)'
    reports '.summary == {pass: 9, fail: 1, warn: 0, skip: 0, error: 0,
        expected: 0, stale: 0}'
}

@test "JSON: a leaked descriptor is named with its process" {
    fixture_server leaks-pipe-end
    every_report 1 -c 4 -n 2 --timeout 0.5 -- "$SERVER"
    reports '.audit | .fds_after > .fds_before
        and (.leaked_fds | length) > 0
        and all(.leaked_fds[]; .pid > 0 and .fd > 2
            and (.what | startswith("pipe:")))'
}

@test "JSON: the counts are what was observed, in a failed run too" {
    fixture_server room-for-256 # clients of short messages take 16 places
    every_report 1 -c 300 -n 5 -- "$SERVER"
    reports '.load | .clients == 300 and .connected >= 256 - 16
        and .connected <= 256 and .frames_verified == 5 * .connected
        and .bytes_verified == 64 * .frames_verified
        and .frames_sent >= .frames_verified
        and .frames_sent <= .frames_verified + .clients - .connected'
    fixture_server dies-at-300
    every_report 1 -c 400 -n 5 -- "$SERVER"
    reports '.load | .clients == 400 and .connected > 200
        and .connected <= 300 and .bytes_verified == 64 * .frames_verified'
    reports '.audit == null' # there was no server left to look at
}

@test "JSON: what was not looked at is null, not 0" {
    start_daemon
    every_report 0 -c 3 -n 4 --connect "$IP:$PORT"
    reports '.audit == null'
    reports '.target | .starts == "attached" and .command == []'
}

@test "JSON: a run that never came up passed nothing" {
    run_that_never_came_up
    reports '.summary | .pass == 0 and .fail == 0 and .skip == 10'
    reports '.load | .clients == 3 and .connected == 0 and .frames_sent == 0'
    reports '.audit == null'
    reports '.cases | all(.[]; .reason | test("status 7"))'
}

@test "HTML: one well-formed page that needs no other file" {
    for kind in passing_run failing_run run_that_never_came_up; do
        "$kind"
        run -0 --separate-stderr xmllint --noout r.html
        assert_equal "$stderr" ''
        for id in $(jq -r '.cases[].id' r.json); do
            grep -qF "$id" r.html
        done
        refute grep -qE '(src|href)="[^#"]' r.html
    done
}

@test "HTML: it shows the counts, the figures and the evidence" {
    failing_run
    run -0 xmllint --xpath 'string(/)' r.html
    assert_output --partial '9 passed, 1 failed'
    assert_output --partial '--seed 4242'
    assert_output --partial 'first difference'
    assert_output --partial '12 of 12 verified'
}

@test "the seed stands in every report" {
    passing_run
    for report in r.tap r.xml r.json r.html; do
        grep -q 4242 "$report" || fail "not in $report"
    done
}

@test "a report on stdout stands there alone, all else on stderr" {
    run -0 --separate-stderr harness -c 2 -n 2 --json=-
    jq -e '.summary.pass == 10' <<<"$output"
    assert_equal "${stderr_lines[-1]}" '10 passed, 0 failed'
    [[ ${stderr_lines[0]} == 'stress '* ]]
    run -0 --separate-stderr harness -c 2 -n 2 --junit=-
    xmllint --noout - <<<"$output"
    assert_equal "${stderr_lines[-1]}" '10 passed, 0 failed'
    run -0 --separate-stderr harness -c 2 -n 2 --html=-
    xmllint --noout - <<<"$output"
    assert_equal "${stderr_lines[-1]}" '10 passed, 0 failed'
    for tap in --tap --tap=-; do
        run -0 --separate-stderr harness -c 2 -n 2 "$tap"
        refute grep -vE '^(TAP version 13|#.*|ok [1-9]0? - .*|1\.\.10)$' \
            <<<"$output"
        assert_equal "${stderr_lines[-1]}" '10 passed, 0 failed'
    done
}

@test "a report on stdout stands there alone in a run that fails" {
    fixture_server stale-tail
    run -1 --separate-stderr harness -c 2 -n 2 --json=- -- "$SERVER"
    jq -e '.summary.fail == 1' <<<"$output"
    assert_equal "${stderr_lines[-1]}" '9 passed, 1 failed'
    run -3 --separate-stderr harness -c 2 -n 2 --json=- -- sh -c 'exit 7'
    jq -e '.summary.skip == 10' <<<"$output"
    [[ $stderr == *'status 7'* ]]
}

@test "the last line on stdout is the sums, whatever else was asked for" {
    passing_run
    assert_equal "${lines[-1]}" '10 passed, 0 failed'
    passing_run -v --color=always
    assert_equal "${lines[-1]}" '10 passed, 0 failed'
    failing_run -q
    assert_equal "${lines[-1]}" '9 passed, 1 failed'
    run_that_never_came_up
    assert_equal "${lines[-1]}" '0 passed, 0 failed, 10 skipped'
}

@test "bytes of any kind, in names and from servers, break no report" {
    name=$'a\x01b<c>&"]]>\xff\e[31m\xef\xbf\xbe'"'\$(x)"
    every_report 3 -c 1 --name "$name" -- sh -c \
        'printf "\033[2J\001\000]]>&<\377\303\050" >&2; exit 1'
    xmllint --noout r.xml r.html
    reports '.target.name | test("a.*b<c>&")'
    proves 255
    for report in r.tap r.xml r.json r.html; do
        refute grep -qP '[\x00-\x08\x0b-\x1f\x7f]' "$report"
        iconv -f UTF-8 -t UTF-8 "$report" >/dev/null
    done
    fixture_server one-wrong-byte # sends back fixture frames, one byte wrong
    every_report 1 -c 8 -- "$SERVER"
    xmllint --noout r.xml r.html
    proves 1
    for report in r.tap r.xml r.json r.html; do
        refute grep -qP '[\x00-\x08\x0b-\x1f\x7f]' "$report"
    done
}

# without_streams CLOSED STATUS: a run with those of its descriptors closed.
without_streams() {
    rm -f r.json r.xml
    # shellcheck disable=SC2016 # the inner shell expands it
    run "-$2" bash -c 'eval "exec $1" && harness -c 2 -n 2 --json=r.json \
        --junit=r.xml' bash "$1"
    reports '.summary.pass == 10'
    counted 10 0 0 0
}

@test "where 0, 1 or 2 are closed no report is mixed up with other text" {
    without_streams '<&-' 0
    without_streams '2>&-' 0
    without_streams '<&- 2>&-' 0
    # The last line cannot be written.
    for closed in '>&-' '<&- >&-' '>&- 2>&-' '<&- >&- 2>&-'; do
        without_streams "$closed" 4
    done
    without_streams '>&-' 4
    assert_output --partial 'stdout: Bad file descriptor'
    # shellcheck disable=SC2016 # the inner shell expands it
    run -4 bash -c 'harness --help >&-'
}

@test "a FIFO's reader may come a little late" {
    mkfifo fifo
    harness -c 2 -n 2 --json=fifo >out 2>err 3>&- 4>&- &
    pid=$!
    CLEANUP_PIDS=("$pid")
    wait_until in_state "$pid" S
    cat fifo >got.json
    exits_with 0 "$pid"
    reports '.summary.pass == 10' got.json
}

@test "a link that leads to no file yet stays one" {
    ln -s report link
    run -0 harness -q -c 1 -n 1 --json=link
    [ -L link ]
    reports '.summary.pass == 10' report
}

@test "a report replaces what stands there whole, and keeps link and mode" {
    echo old >target
    chmod 604 target
    ln -s target link
    run -0 harness -q -c 1 -n 1 --json=link
    [ -L link ]
    reports '.summary.pass == 10' target
    assert_equal "$(stat -c %a target)" 604
    run -0 find . -name '.*' -type f
    assert_output ''
}

@test "a canned set of results gives the same reports to the byte" {
    local file
    mkdir written
    "$BUILD_DIR/unit/test_reports" "$PWD/written"
    for file in "$ROOT"/fixtures/reports/*; do
        diff -u "$file" "written/${file##*/}"
    done
}
