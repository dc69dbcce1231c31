# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Servers that work against the harness: each in fixtures/hostile/ says at its
# top with which status a run of each kind ends. Status 4 is for the one that
# never comes to an end, for what kills the clients, and for what an ordinary
# user is not shown. Loaded after helpers and verdicts.

hostile_setup() {
    common_setup
    TMPDIR=$PWD/tmp
    mkdir tmp
    chmod 1777 tmp
    export TMPDIR
}

# Who is waited for longest: they are begun first.
SLOWEST=(never-reads grandchildren stops-itself ignores-signals)
LONGEST_S=150 # a run, on a machine that has much else to do

# status_of NAME KIND: what its source says; all kinds of stress end alike
# where it says no more. What an ordinary user is not shown is shown to none of
# the kinds where the tests are that user's.
status_of() {
    local says kind kinds=("$2" stress)
    [ "$(id -u)" -eq 0 ] || kinds=(user "$2" stress)
    says=$(sed -n 's/^ \* Status: //p' "$ROOT/fixtures/hostile/$1.c")
    for kind in "${kinds[@]}"; do
        [[ $says =~ (^|, )$kind\ ([0-9]+) ]] || continue
        echo "${BASH_REMATCH[2]}"
        return
    done
    return 1
}

# begin KIND NAME OPTION...
begin() {
    local as=() words=(stress -c 20 -n 10 --timeout 1.5)
    case $1 in
    conform) # without what takes a thousand clients or round trips, or a start
        # for each of many errors
        words=(conform -j 8 --timeout 3 '!load/churn' '!echo/many-rounds'
            '!process/memory-*' '!load/beyond-fd-setsize'
            '!load/thousand-clients' '!load/many-resets' '!load/overlap'
            '!process/fds-steady'
            '!fault/nth-call' '!fault/accept-network-errors')
        [ -n "${WHOLE-}" ] || words+=('!fault/' '!daemon/') ;;
    plain) words+=(--no-isolation) ;;
    user) [ "$(id -u)" -ne 0 ] ||
        as=(setpriv --reuid=65534 --regid=65534 --clear-groups) ;;
    esac
    "${as[@]}" timeout -k 5 "$LONGEST_S" "$BUILD_DIR/harness" "${words[@]}" \
        -q "${@:3}" -- "$BUILD_DIR/fixtures/hostile/$2"
}

# judge_kind NAME KIND: print what is not as it should be.
judge_kind() {
    local run=$1.$2 ended_with=0 wanted more
    # Its processes come and go by the thousand in every sandbox: what waits for
    # rest is in error at times, and the other server's cases starve.
    [ "$run" != comet.conform ] || return 0
    # Its 400 processes are looked at in every case.
    [ "$run" != grandchildren.conform ] || [ -n "${WHOLE-}" ] || return 0
    wanted=$(status_of "$1" "$2")
    more=(--run-timeout 120)
    [ "$1" != dribbles ] || more=(--run-timeout 4)
    # It makes 400 processes before it listens.
    [ "$1" != grandchildren ] || more+=(--timeout 10)
    mkdir -m 777 "$run"
    ECHO64_TEST=$ECHO64_TEST/$run begin "$2" "$1" "${more[@]}" \
        --json="$run/r.json" --junit="$run/r.xml" --html="$run/r.html" \
        --tap="$run/r.tap" >"$run/out" 2>&1 || ended_with=$?
    [ "$ended_with" -eq "$wanted" ] ||
        echo "$run: status $ended_with, not $wanted: $(judged_badly "$run")"
    whole_reports "$run" "$ended_with"
    nothing_is_left "$run"
}

# judged_badly RUN: what the verdicts were.
judged_badly() {
    jq -c '.summary, (.cases[] | [.id, .verdict, .reason]
        | select(.[1] == "error" or .[1] == "fail"))' "$1/r.json"
}

# whole_reports RUN STATUS: each holds every case; none is in error, unless the
# status says so; and what a terminal or XML takes badly is in none.
whole_reports() {
    local cases
    cases=$(jq '.cases | length' "$1/r.json")
    jq -e --arg status "$2" '.cases != [] and ([.summary[]] | add) ==
        (.cases | length) and (.summary.error > 0) == ($status == "4")' \
        "$1/r.json" >/dev/null ||
        echo "$1: $(judged_badly "$1")"
    xmllint --noout "$1/r.xml" "$1/r.html" 2>&1
    [ "$(xmllint --xpath 'count(//testcase)' "$1/r.xml")" = "$cases" ] ||
        echo "$1: not $cases cases in JUnit"
    [ "$(grep -cE '^(not )?ok [0-9]+ - ' "$1/r.tap")" = "$cases" ] ||
        echo "$1: not $cases cases in TAP"
    if LC_ALL=C grep -q $'[\001-\010\013-\037\177]' "$1"/*; then
        echo "$1: control characters in its output or its reports"
    fi
}

# nothing_is_left RUN: at this moment; what the run had started has its mark.
# Who forks and ends without a rest is seldom caught so: the harness tells of it.
nothing_is_left() {
    local environ
    ! grep "^harness: left behind" "$1/out" || echo "$1: left, as it says itself"
    environ=$(unset ECHO64_TEST && grep -lzsxF \
        "ECHO64_TEST=$BATS_TEST_TMPDIR/$1" /proc/[0-9]*/environ) || return 0
    for environ in $environ; do
        echo "$1: left: $(tr '\0' ' ' 2>/dev/null <"${environ%environ}cmdline")"
    done
}

# judge_hostile AT_A_TIME KIND...: every server, in each of these ways.
judge_hostile() {
    local names=("$ROOT"/fixtures/hostile/*.c) others
    names=("${names[@]##*/}")
    [ "${#names[@]}" -gt 15 ]
    mapfile -t others < <(printf '%s\n' "${names[@]%.c}" |
        grep -vxF "$(printf '%s\n' "${SLOWEST[@]}")")
    export -f judge_kind status_of begin judged_badly whole_reports nothing_is_left
    export ROOT BUILD_DIR LONGEST_S
    # shellcheck disable=SC2016 # the inner shell expands it
    for name in "${SLOWEST[@]}" "${others[@]}"; do
        printf "$name %s\n" "${@:2}"
    done | xargs -n 2 -P "$1" bash -c 'judge_kind "$@"' bash \
        >differences 2>&1 3>&- 4>&-
    run -0 cat differences
    assert_output ''
    run -0 ls -A tmp
    assert_output ''
}
