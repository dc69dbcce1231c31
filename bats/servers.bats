#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# How sensitive the harness is: each server in fixtures/servers/ names at its
# top the cases that it must fail, and must pass or be spared all others.
# Waits: for what broken servers never do.

setup() {
    load helpers
    load verdicts
    common_setup
}

teardown() {
    common_teardown
}

# judge NAME: run that server with as many clients as its source says it takes
# to see the mistake, and print in what the verdicts are not what it says,
# nothing where they are.
judge() {
    local name=$1 wanted clients status=0 timeout_s=${AGAIN:+5} arguments
    mapfile -t arguments < <(arguments_of "$name")
    timeout_s=${timeout_s:-2}
    wanted=$(listed Fails "$name" | xargs)
    clients=$(tagged Clients "$name")
    harness -q -c "${clients:-$((${WHOLE:+60} + 40))}" -n 10 --timeout "$timeout_s" \
        --json="$name.json" --protocol "$(protocol_of "$name")" \
        -- "$(program_of "$name")" "${arguments[@]}" >"$name.out" 2>&1 || status=$?
    if [ "$status" -gt 1 ]; then
        echo "$name: status $status: $(<"$name.out")"
        return
    fi
    [ "$(failing "$name.json" | xargs)" = "$wanted" ] ||
        echo "$name: lists '$wanted'; $(not_passed "$name.json")"
    [ "$status" -eq $((${#wanted} > 0)) ] || echo "$name: status $status"
    [ -n "$wanted" ] || jq -e --argjson skips "$(listed Skips "$name" | wc -l)" \
        '.summary | .skip == $skips and .pass == 10 - $skips' \
        "$name.json" >/dev/null ||
        echo "$name: lists none; $(not_passed "$name.json")"
}

# not_passed FILE: every case but those that passed, and why not.
not_passed() {
    jq -r '.cases[] | select(.verdict != "pass")
        | "\(.verdict) \(.id) (\(.reason)),"' "$1" | xargs
}

# some_of NAME...: of those that fail the same cases two, and of those that are
# right one of each design. Who passes all of stress is there for conform.
some_of() {
    local name list
    local -A taken
    for name in "$@"; do
        list=$(listed Fails "$name" | xargs)
        if [ -n "$list" ]; then
            taken[$list]=$((${taken[$list]-0} + 1))
            [ "${taken[$list]}" -gt 2 ] || echo "$name"
        elif [[ $name == right-@(own-choices|epoll|threads|prefork|lines) ]]; then
            echo "$name"
        fi
    done
}

# told_as MODEL NAME: that is what the server is taken for.
told_as() {
    fixture_server "$2"
    ends 0 conform echo/one-frame -- "$SERVER"
    reports ".target.model == \"$1\""
}

@test "a pool is told from a server that has a helper by who accepts" {
    told_as event-loop right-beside-helper
    told_as event-loop right-epoll
    told_as prefork right-prefork
    told_as threads right-threads
    told_as fork right-daemon
}

@test "a server that a stop alone ends is not blamed for more" {
    fixture_server stop-ends-its-loop
    ends 0 -c 8 -n 2 -- "$SERVER"
    reports '.cases[] | select(.id == "lifecycle/still-serving")
        | .verdict == "skip" and (.reason | test("lifecycle/stop-continue"))'
    ends 1 conform load/burst load/reset-before-accept lifecycle/stop-continue \
        process/simultaneous-exits -- "$SERVER"
    # On a busy machine the stop may find it outside epoll_wait, where it does no
    # harm, and then the case passes.
    reports '.summary.fail == 1'
    reports '[.cases[] | select(.id | startswith("load/"))] | length == 2
        and all(.verdict == "pass" or (.verdict == "skip"
            and (.reason | test("see lifecycle/stop-continue"))))'
}

@test "each server fails exactly the cases that it lists" {
    mapfile -t names < <(server_sources)
    # First those that fail: they wait longest.
    mapfile -t names < <(grep -LE "^$COMMENT Fails: none" "${names[@]}"
        grep -lE "^$COMMENT Fails: none" "${names[@]}")
    names=("${names[@]##*/}")
    names=("${names[@]%.*}")
    [ -n "${WHOLE-}" ] || mapfile -t names < <(some_of "${names[@]}")
    [ "${#names[@]}" -gt 20 ]
    for name in "${names[@]}"; do
        fixture_server "$name"
        [ -n "$(tagged Fails "$name")" ]
    done
    export -f listed tagged failing not_passed source_of program_of protocol_of \
        arguments_of
    export ROOT BUILD_DIR
    run -0 judge_each 12 "${names[@]}"
    assert_output ''
}
