#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Where a start is dear, cases that leave their server as they found it use one
# server after another; what they find is what each finds alone.
# Waits: seconds, for starts.

setup() {
    load helpers
    load verdicts
    common_setup
    SERVER=$BUILD_DIR/fixtures/starts/starts-slowly
}

teardown() {
    common_teardown
}

CASES=(echo/one-byte echo/bulk echo/empty-connection load/idle-client
    load/backlog process/no-zombies process/sockets-return)

# starts WORD...: how many starts a run of that takes.
starts() {
    rm -f log
    run harness conform --seed 1 --json=r.json "$@" -- \
        "$SERVER" '{ip}' '{port}' "$PWD/log" "$WAY"
    wc -l <log
}

verdicts() {
    jq -r '.cases[] | "\(.verdict) \(.id)"' r.json
}

# alone CASE: its verdict when nothing else is asked.
alone() {
    harness conform -q --seed 1 --json="${1/\//-}.json" "$1" -- \
        "$SERVER" '{ip}' '{port}' "$PWD/log" "$WAY" >/dev/null 2>&1 3>&-
    jq -r '.cases[] | "\(.verdict) \(.id)"' "${1/\//-}.json"
}

all_alone() {
    export -f alone
    export SERVER WAY
    # shellcheck disable=SC2016 # the inner shell expands it
    printf '%s\n' "${CASES[@]}" |
        xargs -n 1 -P 4 bash -c 'alone "$1"' bash 3>&- 4>&-
}

@test "one at a time they need one start, beside the first look" {
    WAY=right
    assert_equal "$(starts -j 1 echo/ process/ '!process/*-*ed' \
        '!process/memory-*' '!process/pipes-steady' '!process/simultaneous-exits' \
        '!process/child-any-moment')" 2
    reports '.summary.fail == 0 and .summary.error == 0'
    reports '.summary.pass > 20'
}

@test "-v tells which cases shared a server" {
    WAY=right
    run -0 harness conform -v -j 1 "${CASES[@]}" load/burst -- \
        "$SERVER" '{ip}' '{port}' "$PWD/log" right
    [ "$(grep -c ', on server 1)$' <<<"$output")" = "${#CASES[@]}" ]
    run grep load/burst <<<"$output"
    refute_output --partial 'on server'
}

none_shared() {
    ! harness conform -v -j 1 echo/one-byte echo/one-frame | grep -q 'on server'
}

# fastest_start_ms: of ten, by the clock of this shell.
fastest_start_ms() {
    local from ms least=9999
    for _ in {1..10}; do
        from=$(date +%s%N)
        echo64d -p "$PWD/pid" 127.0.0.1 0 >address 3>&- 4>&-
        ms=$((($(date +%s%N) - from) / 1000000))
        kill -TERM "$(<pid)"
        wait_until [ ! -e pid ]
        least=$((ms < least ? ms : least))
    done
    echo "$least"
}

# On a machine that is very busy any start may take long.
@test "a server that starts at once is started for each case" {
    wait_until none_shared || {
        ms=$(fastest_start_ms)
        ((ms < 15)) || skip "a start takes $ms ms here"
        fail "it was shared, and a start takes $ms ms"
    }
}

@test "a server that one of them changes is not used by the next" {
    WAY=sulks
    [ "$(starts -j 1 "${CASES[@]}")" -gt 2 ]
    assert_equal "$(verdicts | sort)" "$(all_alone | sort)"
    reports '.summary.fail == 0'
}

@test "what fails on a server that shows no change stands, and tells why" {
    WAY=forgets
    starts -j 1 "${CASES[@]}"
    reports '.summary.fail == 1 and .summary.error == 0'
    reports '.cases[] | select(.verdict == "fail").evidence.facts
        | any(startswith("alone it passes")) and any(endswith(" echo/bulk"))'
}

@test "what fails alone, too, is told as it is seen there" {
    fixture_server drops-odd-byte
    cat >slow <<'END'
#!/bin/sh
sleep 0.3
exec "$@"
END
    chmod +x slow
    run -1 harness conform -j 1 --seed 1 --json=r.json echo/ -- ./slow "$SERVER"
    verdicts >shared
    run -1 harness conform -j 1 --seed 1 --json=r.json echo/ -- "$SERVER"
    assert_equal "$(<shared)" "$(verdicts)"
}
