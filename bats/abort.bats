#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# However a run ends, no process that it started is left, and no file but the
# reports. TRIES runs of each kind are ended at moments that chance picks;
# ABORT_SEED picks the same ones again.
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and is meant to be
# shellcheck disable=SC2154 # run and open_connection set variables by name
# Alone: 500 clients at a time, and an end at a moment of theirs.

TRIES=${TRIES:-4}

setup() {
    load helpers
    load verdicts
    common_setup
    RANDOM=${ABORT_SEED:=$$}
    echo "ABORT_SEED=$ABORT_SEED"
}

teardown() {
    common_teardown
}

# start_run [ARGUMENT]...: 500 clients; every file of the run is below run/,
# its number is HARNESS_PID.
start_run() {
    rm -rf run
    mkdir -p run/tmp
    (
        cd run || exit
        # A shell lets what it starts in the background ignore SIGINT.
        TMPDIR=$PWD/tmp exec env --default-signal=INT,TERM,HUP \
            harness -c 500 -n 20 --json=r.json --tap=r.tap --junit=r.xml \
            --html=r.html "$@" >out 2>err 3>&- 4>&-
    ) &
    HARNESS_PID=$!
    CLEANUP_PIDS=($!)
}

pause_ms() {
    read -rt "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))" \
        <> <(:) || true
}

now_ms() {
    echo $((${EPOCHREALTIME/[.,]/} / 1000))
}

# The milliseconds that an undisturbed run takes here and now.
length_of_run() {
    local begin
    start_run "$@"
    wait_until takes_signals "$HARNESS_PID"
    begin=$(now_ms)
    wait "$HARNESS_PID"
    LENGTH_MS=$(($(now_ms) - begin))
}

# At this moment, not soon; the tools that look are not the run's.
nothing_is_left() {
    local environ pid
    environ=$(unset ECHO64_TEST && grep -lzsxF "ECHO64_TEST=$BATS_TEST_TMPDIR" \
        /proc/[0-9]*/environ) || return 0
    for environ in $environ; do
        pid=$(cut -d/ -f3 <<<"$environ")
        echo "left: $pid $(process_field "$pid" State) $(process_name "$pid")"
    done
    return 1
}

# only_files NAME...: these stand in run/, and no other file.
only_files() {
    run -0 find run -mindepth 1 -printf '%P\n'
    assert_equal "$(sort <<<"$output" | xargs)" "$(printf '%s\n' tmp "$@" |
        sort | xargs)"
}

# All that the reports of a run hold, whether it came to its end or not.
valid_reports() {
    local ids
    reports '[.summary[]] | add == 10' run/r.json
    ids=$(jq -r '.cases[].id' run/r.json | sort | uniq | wc -l)
    assert_equal "$ids" 10
    xmllint --noout run/r.xml run/r.html
    assert_equal "$(xmllint --xpath 'count(//testcase)' run/r.xml)" 10
    assert_equal "$(head -1 run/r.tap)" 'TAP version 13'
    assert_equal "$(grep -cE '^(not )?ok [0-9]+ - ' run/r.tap)" 10
    grep -qx '1\.\.10' run/r.tap
    assert_equal "$(tail -1 run/out)" "$(last_line run/r.json)"
}

# last_line FILE: what the counts of that report come to in words.
last_line() {
    jq -r '.summary | "\(.pass) passed, \(.fail) failed"
        + if .skip > 0 then ", \(.skip) skipped" else "" end
        + if .error > 0 then ", \(.error) errors" else "" end' "$1"
}

# end_runs SIGNAL NUMBER [ARGUMENT]...: TRIES times. A run that ended before
# the signal came counts for nothing, and not too many may.
end_runs() {
    local signal=$1 number=$2 cut_off=0 ended_with
    shift 2
    length_of_run "$@"
    for ((try = 1; try <= TRIES; try++)); do
        start_run "$@"
        wait_until takes_signals "$HARNESS_PID"
        moment_ms=$((RANDOM % LENGTH_MS))
        pause_ms "$moment_ms"
        kill "-$signal" "$HARNESS_PID" || true
        ended_with=0
        wait "$HARNESS_PID" || ended_with=$?
        echo "try $try: after $moment_ms of $LENGTH_MS ms, status $ended_with"
        nothing_is_left
        only_files err out r.html r.json r.tap r.xml
        valid_reports
        # It was over by then: it takes less than was measured.
        [ "$ended_with" -ne 0 ] || { LENGTH_MS=$((moment_ms + 1)) && continue; }
        assert_equal "$ended_with" $((128 + number))
        reports '.summary.fail == 0' run/r.json
        cut_off=$((cut_off + 1))
    done
    ((cut_off > TRIES / 4))
}

@test "SIGINT: nothing is left, the reports are written, status 130" {
    end_runs INT 2
}

@test "SIGTERM: nothing is left, the reports are written, status 143" {
    end_runs TERM 15
}

@test "SIGINT without isolation: likewise" {
    end_runs INT 2 --no-isolation
}

@test "SIGTERM without isolation: likewise" {
    end_runs TERM 15 --no-isolation
}

@test "SIGKILL: no process is left, and no file but whole reports" {
    unshare -n true 2>/dev/null || unshare -Urn true 2>/dev/null ||
        skip "needs namespaces"
    length_of_run
    for ((try = 1; try <= TRIES; try++)); do
        start_run
        moment_ms=$((RANDOM % LENGTH_MS))
        pause_ms "$moment_ms"
        echo "try $try: after $moment_ms of $LENGTH_MS ms"
        kill -KILL "$HARNESS_PID" || true
        wait "$HARNESS_PID" || true
        wait_until nothing_is_left >/dev/null
        # Whole reports replace nothing, one after another, at its end.
        run -0 find run -mindepth 1 \
            ! -path run/tmp ! -path run/out ! -path run/err \
            ! -path run/r.json ! -path run/r.tap ! -path run/r.xml \
            ! -path run/r.html
        assert_output ''
        [ ! -e run/r.json ] || reports '[.summary[]] | add == 10' run/r.json
    done
}

@test "SIGKILL: the clients of a server that ran already end too" {
    start_daemon
    start_run -c 50 -n 100000 --connect "$IP:$PORT"
    CLEANUP_PIDS+=("$DAEMON_PID")
    wait_until at_least 50 "$DAEMON_PID"
    kill -KILL "$HARNESS_PID"
    wait "$HARNESS_PID" || true
    wait_until has_children "$DAEMON_PID" 0
}

@test "a report that stands there already survives SIGKILL" {
    echo 'an old report' >r.json
    chmod 640 r.json
    harness -c 500 -n 100000 --json=r.json >out 2>err 3>&- 4>&- &
    pid=$!
    wait_until grep -q '^stress ' out
    kill -KILL "$pid"
    wait "$pid" || true
    assert_equal "$(<r.json)" 'an old report'
    wait_until left_are ''
    run -0 harness -q -c 2 -n 2 --json=r.json
    reports '.summary.pass == 10'
    assert_equal "$(stat -c %a r.json)" 640
}

@test "SIGHUP: status 129, and a second signal changes nothing" {
    start_run -n 100000
    wait_until takes_signals "$HARNESS_PID"
    wait_until grep -q '^stress ' run/out
    kill -HUP "$HARNESS_PID"
    kill -INT "$HARNESS_PID" || true
    kill -TERM "$HARNESS_PID" || true
    exits_with 129 "$HARNESS_PID"
    nothing_is_left
    valid_reports
}

# ends_by ISOLATION SIGNAL...: small runs, one for each signal, of clients that
# the server lets wait for each other; each ends by its signal, and has its
# reports.
ends_by() {
    local isolation=$1 signal number pid
    shift
    fixture_server serial
    for signal; do
        # shellcheck disable=SC2086 # none is none
        env --default-signal harness -c 4 --timeout 60 $isolation \
            --json="r.$signal" -- "$SERVER" >"out.$signal" 2>err 3>&- 4>&- &
        pid=$!
        CLEANUP_PIDS+=("$pid")
        wait_until grep -q '^stress ' "out.$signal"
        kill "-$signal" "$pid"
        number=$signal
        [[ $signal == [0-9]* ]] || number=$(kill -l "$signal")
        exits_with $((128 + number)) "$pid"
        reports '.summary.error == 10' "r.$signal"
        assert_equal "$(tail -1 "out.$signal")" '0 passed, 0 failed, 10 errors'
    done
    nothing_is_left
}

@test "every signal that ends a process: reports, nothing left, 128 and it" {
    # A few; the unit test has them all. Those of a fault count where somebody
    # sends them, and 32 is one of libc's own.
    ends_by '' QUIT ABRT USR1 SEGV PIPE ALRM XCPU XFSZ PWR 32 64
}

@test "such signals without isolation: likewise" {
    ends_by --no-isolation QUIT USR1 ALRM XCPU SEGV
}

@test "what its starter ignores stays ignored, but not what shells ignore" {
    for ignored in USR1 HUP ALRM; do
        (trap '' "$ignored" && exec harness -c 2 -n 100000000 \
            >"out.$ignored" 2>err 3>&- 4>&-) &
        pid=$!
        CLEANUP_PIDS+=("$pid")
        wait_until grep -q '^stress ' "out.$ignored"
        kill "-$ignored" "$pid"
        kill -TERM "$pid" # of two it would be the second
        exits_with 143 "$pid"
    done
    (trap '' QUIT && exec harness -c 2 -n 100000000 >out 2>err 3>&- 4>&-) &
    pid=$!
    CLEANUP_PIDS+=("$pid")
    wait_until grep -q '^stress ' out
    kill -QUIT "$pid"
    exits_with 131 "$pid"
    nothing_is_left
}

# full_fifo: a FIFO that takes nothing more; descriptor 8 has it open, too.
full_fifo() {
    rm -f fifo
    mkfifo fifo
    exec 8<>fifo
    dd if=/dev/zero of=fifo bs=4096 oflag=nonblock 2>/dev/null || true
}

@test "a reader that does not read keeps neither run nor signal waiting" {
    # The report in a FIFO, then the terminal's on stdout; the other is there.
    for stuck in --tap=fifo --tap; do
        full_fifo
        env --default-signal harness -c 2 -n 2 "$stuck" --json=r.json \
            >fifo 2>err 3>&- 4>&- 8>&- &
        pid=$!
        CLEANUP_PIDS=("$pid")
        wait_until [ -e r.json ]
        reports '.summary.pass == 10'
        kill -TERM "$pid"
        exits_with 143 "$pid"
        grep -q 'given up, since nobody reads on' err
        exec 8>&-
        rm r.json
    done
    nothing_is_left
}

@test "a reader that reads late has the whole report" {
    full_fifo
    harness -c 2 -n 2 --json=fifo --tap=r.tap >out 2>err 3>&- 4>&- 8>&- &
    pid=$!
    CLEANUP_PIDS=("$pid")
    wait_until [ -e r.tap ]
    cat <&8 8>&- 3>&- 4>&- >got &
    CLEANUP_PIDS+=($!)
    exits_with 0 "$pid"
    wait_until eval "tr -d '\\0' <got | jq -e '.summary.pass == 10' >/dev/null"
    exec 8>&-
}

@test "Ctrl-C, which reaches every process of the terminal: status 130" {
    # In the background of a script setsid need not fork.
    env --default-signal=INT setsid harness -c 500 -n 100000 \
        --no-isolation --json=r.json >out 2>err 3>&- 4>&- &
    pid=$!
    CLEANUP_PIDS=("$pid")
    wait_until takes_signals "$pid"
    wait_until at_least 1 "$pid"
    kill -INT -- "-$pid"
    exits_with 130 "$pid"
    nothing_is_left
    reports '[.summary[]] | add == 10'
}

@test "SIGINT ends it even where its starter ignored it, as shells do for &" {
    (trap '' INT && exec harness -c 500 -n 20 >out 2>err 3>&- 4>&-) &
    pid=$!
    CLEANUP_PIDS=("$pid")
    wait_until takes_signals "$pid"
    kill -INT "$pid"
    exits_with 130 "$pid"
    nothing_is_left
}

@test "SIGTERM leaves a server that ran already undisturbed" {
    start_daemon
    start_run -n 100000 --connect "$IP:$PORT" --pid "$DAEMON_PID"
    CLEANUP_PIDS+=("$DAEMON_PID")
    wait_until at_least 500 "$DAEMON_PID"
    kill -TERM "$HARNESS_PID"
    exits_with 143 "$HARNESS_PID"
    wait_until has_children "$DAEMON_PID" 0
    open_connection fd
    echoes "$fd" "serves on"
}

@test "a server that will not end is ended with the run" {
    # shellcheck disable=SC2016 # the script expands them
    server_script 'trap "" TERM INT HUP' \
        'setsid sh -c "trap \"\" TERM INT HUP; tail -f /dev/null" &' \
        'exec echo64d -f "$1" "$2"'
    for isolation in '' --no-isolation; do
        # shellcheck disable=SC2086 # none is none
        ends 0 -c 2 -n 2 --timeout 0.5 $isolation -- ./server
        nothing_is_left
    done
}
