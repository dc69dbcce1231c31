#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A wait ends early only where it is proven that nothing more can happen: right
# servers that nearly look so get their time, and broken ones get no more than
# the proof takes.
# Waits: two seconds, for each answer, and as long as the slowest server sleeps.

setup() {
    load helpers
    load verdicts
    common_setup
}

teardown() {
    common_teardown
}

# judge_way WAY: print what is not as it should be.
judge_way() {
    # shellcheck disable=SC2086 # none is none
    harness conform -q -j 1 --run-timeout 100 $ISOLATION \
        --json="$1.json" echo/one-frame echo/split-frame -- \
        "$SERVER" '{ip}' '{port}' "$1" "$PWD/helper" >"$1.out" 2>&1 ||
        echo "$1: $(<"$1.out")"
    [ "$(jq .summary.pass "$1.json")" = 2 ] || echo "$1: $(jq -c .summary "$1.json")"
}

judge_ways() {
    SERVER=$BUILD_DIR/fixtures/patience/answers-late
    mkdir helper
    chmod 755 "$BATS_TEST_TMPDIR"
    "$SERVER" helper "$PWD/helper" 3>&- 4>&- &
    CLEANUP_PIDS+=($!)
    wait_until test -S helper/socket
    export -f judge_way
    export SERVER ISOLATION=${1-}
    # Only root is shown an alarm(2) that no handler and no mask tells of, and from
    # within a namespace what other programs have open.
    local hidden=''
    [ "$(id -u)" -eq 0 ] || hidden=alarm-of-a-child
    [ "$(id -u)" -eq 0 ] || [ -n "${1-}" ] || hidden+=$'\npassed-on'
    # shellcheck disable=SC2016 # the inner shell expands it
    "$SERVER" ways | grep -vxF "$hidden" |
        xargs -n 1 -P 8 bash -c 'judge_way "$1"' bash \
        >differences 2>&1 3>&- 4>&-
    run -0 cat differences
    assert_output ''
}

@test "a server that answers late, however it is woken, is waited for" {
    judge_ways
}

@test "likewise without a sandbox" {
    judge_ways --no-isolation
}

# judge_crowd WAY: print what is not as it should be.
judge_crowd() {
    harness -q -c 4 -n 2 --json="$1.json" -- \
        "$BUILD_DIR/fixtures/patience/slow-to-many" '{ip}' '{port}' "$1" \
        >"$1.out" 2>&1 || echo "$1: $(<"$1.out")"
}

@test "a crowd waits for a server that answers late, however it is woken" {
    export -f judge_crowd
    # shellcheck disable=SC2016 # the inner shell expands it
    printf '%s\n' poll timerfd sleep |
        xargs -n 1 -P 3 bash -c 'judge_crowd "$1"' bash \
        >differences 2>&1 3>&- 4>&-
    run -0 cat differences
    assert_output ''
}

@test "a crowd does not wait for one that has stopped to answer" {
    run -1 harness -q -c 8 -n 4 --timeout 60 --json=r.json -- \
        "$BUILD_DIR/fixtures/patience/slow-to-many" '{ip}' '{port}' never
    run -0 jq -e '(.wall_seconds < 60)
        and (.cases[] | select(.id == "load/concurrent-clients")
        | .verdict == "fail" and (.evidence.facts
        | any(contains("proven: nothing more can happen"))))' r.json
}

# crowded WAY: a server that answers after a tenth of a second, and otherwise
# while many are connected: late, or byte by byte and without an end.
crowded() {
    cat >crowded.py <<'END'
import asyncio
import sys

MANY = 50
clients = 0


async def answer(data, writer):
    await asyncio.sleep(0.1)
    if clients > MANY and sys.argv[3] == "late":
        await asyncio.sleep(3.6)
    while clients > MANY and sys.argv[3] == "drips":
        writer.write(data[:1])
        await writer.drain()
        await asyncio.sleep(0.7)
    writer.write(data)
    await writer.drain()


async def serve(reader, writer):
    global clients
    clients += 1
    try:
        while data := await reader.read(65536):
            await answer(data, writer)
    except ConnectionError:
        pass
    finally:
        clients -= 1
        writer.close()


async def main():
    server = await asyncio.start_server(
        serve, sys.argv[1], int(sys.argv[2]), backlog=200)
    async with server:
        await server.serve_forever()


asyncio.run(main())
END
    CROWDED=(python3 "$PWD/crowded.py" '{ip}' '{port}' "$1")
}

@test "one that takes a tenth of a second for each answer is not asked 10,000" {
    crowded slow
    ends 0 conform echo/one-frame echo/many-rounds -- "${CROWDED[@]}"
    reports '.cases | any(.verdict == "skip" and .id == "echo/many-rounds"
        and (.reason | contains("all would take more than 12 s")))'
}

@test "what breaks off is not judged where none of a hundred is served in time" {
    crowded late
    ends 0 conform --timeout 2.5 load/many-resets load/after-stalled-reset \
        echo/one-frame -- "${CROWDED[@]}"
    # On a busy machine some may be served in time.
    reports '.summary.fail == 0 and .summary.error == 0'
}

@test "bytes that drip are waited for as long as several waits, and no longer" {
    crowded drips
    ends 1 conform --timeout 2.5 load/concurrent-clients -- "${CROWDED[@]}"
    reports '.cases[0].evidence.facts
        | any(test(" [1-9][0-9]? of 64 bytes came back, then silence"))'
}

# They learn of a signal that came just before a call when they wake.
@test "a server that sleeps longer than a wait may take is given that time" {
    local term=lifecycle/term-any-moment
    fixture_server right-looks-every-4-s
    ends 0 conform --timeout 1 "$term" -- "$SERVER"
    fixture_server right-polls-for-4-s
    ends 0 conform --timeout 1 "$term" process/child-any-moment \
        -- "$SERVER"
    reports '.summary.pass == 2'
}
