#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# harness report: reports of real runs read again. One becomes what its run
# would have written, several a matrix or one load, two a comparison; and what
# is no report harms nothing.
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

# conform_of FILE SERVER ARGUMENT...: the run's report, whatever its verdicts.
conform_of() {
    local file=$1 name=$2 status=0
    shift 2
    fixture_server "$name"
    harness conform -q --json="$file" --timeout 1 "$@" -- "$SERVER" \
        >/dev/null 2>&1 || status=$?
    [ "$status" -le 1 ] || fail "$name: status $status"
}

# All but what run keeps of a stderr.
files() {
    find . ! -name 'separate-stderr-*' | sort
}

# refuses PATTERN ARGUMENT...: status 2, one such line, and nothing written.
refuses() {
    local message=$1 before after
    shift
    before=$(files)
    run -2 --separate-stderr harness report "$@"
    after=$(files)
    assert_output ''
    # shellcheck disable=SC2053 # it is a pattern
    [[ $stderr == "harness: "$message ]] || fail "no '$message' in: $stderr"
    assert_equal "${#stderr_lines[@]}" 1
    assert_equal "$after" "$before"
}

# ---- one run ----

@test "every format is what the run itself wrote: stress" {
    fixture_server no-reaping
    ends 1 -c 5 -n 4 --timeout 1 --tap=r.tap --junit=r.xml --html=r.html \
        -- "$SERVER"
    echo "$output" >r.txt
    run -0 harness report --json=n.json --tap=n.tap --junit=n.xml \
        --html=n.html r.json
    assert_output ''
    for kind in json tap xml html; do
        cmp "r.$kind" "n.$kind"
    done
    # But for the port, which it did not know when it wrote the first line.
    run -0 harness report r.json
    assert_equal "$(sed '1 s/:[0-9]*  seed/  seed/' <<<"$output")" "$(<r.txt)"
    harness report --color=always r.json | grep -q $'\e\[1;31mfail'
}

@test "every format is what the run itself wrote: conform, --strict, --expect" {
    echo echo/odd-sizes >known
    echo echo/one-frame >>known
    fixture_server stale-tail
    ends 1 conform --strict --expect known -q --tap=r.tap --junit=r.xml \
        --html=r.html echo/ daemon/ -- "$SERVER"
    reports '.strict and .environment.kernel != null'
    run -0 harness report --json=n.json --tap=n.tap --junit=n.xml \
        --html=n.html r.json
    for kind in json xml html; do
        cmp "r.$kind" "n.$kind"
    done
    # TAP was written as the cases ended; the JSON has the catalogue's order.
    for kind in r n; do
        sed 's/ok [0-9]* - /ok - /' "$kind.tap" | sort >"$kind.sorted"
    done
    cmp r.sorted n.sorted
    grep '^\(not \)\?ok' n.tap | sed 's/.*ok [0-9]* - //; s/ .*//' >order
    jq -r '.cases[].id' r.json | cmp - order
}

@test "a target that never came up and a run that was broken off are read" {
    ends 3 conform echo/ --junit=r.xml -- false
    run -0 harness report --junit=n.xml r.json
    cmp r.xml n.xml
    ends 4 -c 2 --run-timeout 0.2 --html=r.html -- \
        sh -c 'exec tail -f /dev/null'
    run -0 harness report --html=n.html r.json
    cmp r.html n.html
    ends 0 conform --client client/quit --junit=r.xml
    run -0 harness report --junit=n.xml r.json
    cmp r.xml n.xml
}

@test "- is stdin and stdout, and a report may take the place of what it is of" {
    harness -q -c 2 -n 2 --json=r.json --junit=r.xml
    harness report --junit=- - <r.json | cmp - r.xml
    harness report --junit=- - < <(cat r.json) | cmp - r.xml
    harness report --tap - <r.json | grep -qx 1..10
    cp r.json old.json
    harness report --json=r.json r.json
    cmp r.json old.json
}

@test "Markdown of one run shows what went wrong, and folds the rest" {
    conform_of r.json stale-tail echo/ --name 'a|b'
    run -0 harness report --markdown=- r.json
    assert_line --index 0 --regexp '^# a\\\|b: [0-9]+ passed, [0-9]+ failed'
    assert_line "### fail: \`echo/odd-sizes\`"
    assert_line --regexp '^replay:   .*harness conform .* echo/odd-sizes -- '
    assert_line --regexp '^<summary>[0-9]+ pass</summary>$'
    [ "$(grep -c '^```' <<<"$output")" -eq \
        $(($(grep -c '^### ' <<<"$output") * 2)) ]
}

# ---- several targets ----

@test "several targets are a matrix: what differs, and nothing else, first" {
    local name
    for name in stale-tail banner right-epoll; do
        conform_of "$name.json" "$name" --name "$name" echo/ process/no-zombies
    done
    run -0 harness report stale-tail.json banner.json right-epoll.json
    assert_line --regexp '^1  stale-tail   conform  [0-9]+ passed, 6 failed'
    grep -E '^[a-z]+/[a-z-]+ +[F.wE-]{3}$' <<<"$output" | tr -s ' ' >seen
    for id in $(jq -r '.cases[].id' banner.json | sort); do
        signs=
        for name in stale-tail banner right-epoll; do
            signs+=$(jq -r --arg id "$id" '.cases[] | select(.id == $id).verdict
                | {pass: ".", fail: "F", warn: "w", skip: "-"}[.]' \
                "$name.json")
        done
        [[ $signs == ??? ]]
        [[ $signs != *[Fw]* || $signs == FFF ]] || echo "$id $signs"
    done >wanted
    [ -s wanted ]
    diff wanted seen
}

@test "a matrix as Markdown and HTML has each verdict" {
    local name id
    for name in stale-tail banner; do
        conform_of "$name.json" "$name" --name "$name" echo/
    done
    harness report --markdown=m.md --html=m.html stale-tail.json banner.json
    for id in $(jq -r '.cases[].id' banner.json); do
        line=$(jq -rs --arg id "$id" '[.[].cases[] | select(.id == $id).verdict
            | {pass: ".", fail: "FAIL", warn: "warn", skip: "-"}[.]]
            | "| \($id) | \(join(" | ")) |"' stale-tail.json banner.json)
        grep -qxF "$line" m.md || fail "not there: $line"
    done
    [ "$(grep -c '^| echo/' m.md)" -eq "$(jq '.cases | length' banner.json)" ]
    grep -q '^| banner | [0-9]* | [0-9]* | .* | echo/.* |$' m.md
    [ "$(grep -o '<td [^>]*><span class="badge fail"' m.html | wc -l)" -eq \
        "$(jq -s '[.[].cases[] | select(.verdict == "fail")] | length' \
            stale-tail.json banner.json)" ]
}

@test "a matrix is refused where its format is of one run" {
    conform_of a.json stale-tail --name a echo/one-byte
    conform_of b.json stale-tail --name b echo/one-byte
    for format in json tap junit; do
        refuses '2 targets make a matrix: --markdown*' "--$format=x" \
            a.json b.json
    done
}

@test "parts of one run are joined; what both have stands side by side" {
    conform_of a.json stale-tail echo/one-byte echo/odd-sizes
    conform_of b.json stale-tail lifecycle/still-serving
    harness report --json=both.json b.json a.json
    reports '[.cases[].id] | sort ==
        ["echo/odd-sizes", "echo/one-byte", "lifecycle/still-serving"]' \
        both.json
    run -0 harness report a.json a.json
    assert_line --regexp '^2  stale-tail #2  conform  1 passed, 1 failed'
    assert_line '2 targets, 2 cases, 0 differ'
}

# ---- one load ----

@test "stress runs of one target are one load: counts added, histograms merged" {
    local counts='[.load | .clients, .connected, .frames_sent, .frames_verified,
        .bytes_verified]'
    start_daemon
    for i in 1 2 3; do
        harness -q -c "$((2 * i))" -n 20 --json="$i.json" \
            --connect "$IP:$PORT" >/dev/null
    done
    run -0 harness report --json=all.json --html=all.html 1.json 2.json 3.json
    assert_output ''
    jq -es "map($counts) | .[3] == (.[:3] | transpose | map(add))" \
        1.json 2.json 3.json all.json
    for what in connect_seconds round_trip_seconds; do
        jq -es "map(.load.$what.histogram_ns) | .[3] as \$all | .[:3]
            | map(to_entries) | add | group_by(.key)
            | map({key: .[0].key, value: (map(.value) | add)}) | from_entries
            == \$all" 1.json 2.json 3.json all.json
        # The percentiles are those of all samples together.
        jq -e ".load.$what | . as \$l | [.histogram_ns | to_entries[]
            | range(.value) as \$i | .key | tonumber] | sort
            | (.[length / 2 | floor] / 1e9 - \$l.p50 | fabs < 1e-9)
            and (.[length * 99 / 100 | floor] / 1e9 - \$l.p99 | fabs < 1e-9)" \
            all.json
    done
    reports '.load.runs == 3 and .summary.fail == 0' all.json
    run -0 harness report 1.json 2.json 3.json
    assert_line 'runs        3, their counts added'
    assert_line 'clients     12 of 12 connected at once'
}

@test "of a load that lacks its histogram no percentile is made up" {
    harness -q -c 2 -n 2 --json=1.json
    harness -q -c 2 -n 2 --json=2.json
    jq 'del(.. | .histogram_ns?)' 2.json >old.json
    run -0 --separate-stderr harness report --json=all.json 1.json old.json
    says 'old.json: it has no histogram_ns'
    reports '.load.clients == 4 and .load.round_trip_seconds.p50 == null and
        (.load.round_trip_seconds | has("histogram_ns") | not)' all.json
    jq -es '.[0].load.round_trip_seconds.max ==
        ([.[1:][].load.round_trip_seconds.max] | max)' \
        all.json 1.json old.json
}

@test "what was merged keeps to the schema, and is merged again" {
    PYTHON=
    for PYTHON in /usr/bin/python3 python3; do
        "$PYTHON" -c 'import jsonschema' 2>/dev/null && break
        PYTHON=
    done
    [ -n "$PYTHON" ] || skip "needs python3-jsonschema"
    for i in 1 2 3; do
        harness -q -c 2 -n 2 --json="$i.json"
    done
    harness report --json=12.json 1.json 2.json
    harness report --json=123.json 12.json 3.json
    reports '.load.runs == 3 and .load.clients == 6' 123.json
    "$PYTHON" - "$ROOT/fixtures/schema.json" 1.json 12.json 123.json <<'PYTHON'
import json, sys
from jsonschema import Draft202012Validator
schema = json.load(open(sys.argv[1]))
for path in sys.argv[2:]:
    Draft202012Validator(schema).validate(json.load(open(path)))
PYTHON
}

# ---- compare ----

# changes OLD NEW: "ID WAS IS" of each case that differs, by jq.
changes() {
    join -a 1 -a 2 -e 'not there' -o 0,1.2,2.2 \
        <(jq -r '.cases[] | "\(.id) \(.verdict)"' "$1" | sort) \
        <(jq -r '.cases[] | "\(.id) \(.verdict)"' "$2" | sort) |
        awk '{ was = $2; is = $3 } /not there/ { print; next }
            was != is { print $1, was, "->", is }'
}

@test "--compare: of each pair of servers, each changed verdict and nothing else" {
    local servers=(stale-tail banner right-epoll whole-frames-only no-reaping)
    local old new
    for name in "${servers[@]}"; do
        conform_of "$name.json" "$name" --name server echo/ process/ \
            lifecycle/still-serving "${LIGHT[@]}"
    done
    for old in "${servers[@]}"; do
        for new in "${servers[@]}"; do
            wanted=0
            run --separate-stderr harness report --compare \
                "$old.json" "$new.json"
            sed '$d' <<<"$output" | sed -E 's/^[a-z]+ +//; s/  /\t/g' |
                cut -f 1,2 | tr '\t' ' ' | sort >seen
            changes "$old.json" "$new.json" | sort >wanted
            diff wanted seen || fail "$old and $new"
            ! grep -q '^worse' <<<"$output" || wanted=1
            assert_equal "$status" "$wanted"
            assert_equal "$stderr" ''
        done
    done
    # It is not that nothing ever changes.
    changes right-epoll.json stale-tail.json | grep -q ' pass -> fail$'
}

@test "--compare: worse comes first, and decides the status" {
    conform_of old.json stale-tail echo/
    jq '.cases |= map(if .id == "echo/odd-sizes" then .verdict = "pass"
        else . end)' old.json >better.json
    run -0 harness report --compare old.json better.json
    assert_line --index 0 'better   echo/odd-sizes  fail -> pass'
    assert_line --index 1 --regexp '^0 worse, 1 better, 0 changed, [0-9]+ the'
    run -1 harness report --compare better.json old.json
    assert_line --index 0 --regexp \
        '^worse    echo/odd-sizes  pass -> fail  wrong bytes'
    jq 'del(.cases[] | select(.id == "echo/one-byte"))
        | .cases |= map(if .id == "echo/bulk" then .verdict = "pass"
        else . end)' old.json >gone.json
    run -1 harness report --compare --markdown=- old.json gone.json
    assert_line --index 0 --regexp '^# 1 worse, 1 better, 0 changed'
    assert_line '| worse | echo/one-byte | pass | not there |  |'
    run -1 harness report --compare gone.json old.json --color=always
    assert_output --partial $'\e[36mchanged\e[0m  echo/one-byte  not there -> '
    run -0 harness report --compare old.json old.json
    assert_output --regexp '^0 worse, 0 better, 0 changed, [0-9]+ the same$'
}

@test "--compare: what cannot be compared is refused" {
    conform_of a.json stale-tail echo/one-byte
    harness -q -c 1 -n 1 --json=s.json
    refuses '--compare: one is of stress*' --compare a.json s.json
    refuses '--compare: two files*' --compare a.json
    refuses '--compare: two files*' --compare a.json a.json a.json
    refuses '--compare: --markdown*' --compare --html=x a.json a.json
}

# ---- what is no report ----

@test "what is no report is refused, by file and place, and nothing is written" {
    local formats=(--html=n.html --junit=n.xml --json=n.json --markdown=n.md)
    harness -q -c 2 -n 2 --json=r.json
    refuses 'none.json: No such file*' "${formats[@]}" none.json
    refuses '.: Is a directory' "${formats[@]}" .
    head -c 3000 r.json >cut.json
    refuses 'cut.json: no JSON: line *, column *' "${formats[@]}" cut.json
    : >empty.json
    refuses 'empty.json: no JSON: line 1*' "${formats[@]}" empty.json
    printf '{"schema": 1,\0}' >nul.json
    refuses 'nul.json: no JSON: it holds a NUL' "${formats[@]}" nul.json
    sed 's/echo64d/\xff\xfe/' r.json >utf8.json
    refuses 'utf8.json: no JSON: line *unable to decode*' "${formats[@]}" utf8.json
    sed 's/"wall_seconds": .*,/"wall_seconds": 1e999,/' r.json >real.json
    refuses 'real.json: no JSON: line *real number overflow*' \
        "${formats[@]}" real.json
    { yes '[' | head -n 5000 | tr -d '\n' && echo; } >deep.json
    refuses 'deep.json: no JSON: line 1*depth*' "${formats[@]}" deep.json
    jq '.cases += [.cases[2]]' r.json >twice.json
    refuses "twice.json: cases ($(jq -r '.cases[2].id' r.json)): it stands*" \
        "${formats[@]}" twice.json
    jq '.schema = 2' r.json >schema.json
    refuses 'schema.json: a report of another version ("schema" 2;*' \
        "${formats[@]}" schema.json
    jq '.cases[1].seconds = "long"' r.json >type.json
    refuses 'type.json: cases\[1\] (*).seconds: a number*' \
        "${formats[@]}" type.json
    jq 'del(.target.role)' r.json >role.json
    refuses 'role.json: target.role: a string is needed, and it is missing' \
        "${formats[@]}" role.json
    refuses 'role.json: *' "${formats[@]}" r.json role.json
    refuses 'role.json: *' --compare r.json role.json
}

@test "a hundred megabytes are refused without being read into memory" {
    { printf '{"schema": 1, "x": "' && head -c 100M /dev/zero | tr '\0' x; } \
        >huge.json
    refuses 'huge.json: larger than 8 MiB' --html=n.html huge.json
    run -2 --separate-stderr prlimit --as=200000000 harness report huge.json
    says 'huge.json: larger than 8 MiB'
    run -2 --separate-stderr harness report /dev/zero
    says '/dev/zero: larger than 8 MiB'
}

@test "a report that takes escapes along shows them as text" {
    harness -q -c 1 -n 1 --json=r.json
    jq '.target.name = "a\u001b]0;x\u0007\u202eb" | .cases[0].verdict = "fail"
        | .cases[0].reason = "c\u009b2Jd"' r.json >bad.json
    for format in tap junit html markdown; do
        harness report "--$format=-" bad.json >out
        ! LC_ALL=C grep -q $'[\001-\010\013-\037\177]' out
        ! LC_ALL=C grep -q $'\xc2\x9b' out
    done
    run -0 harness report bad.json
    assert_output --partial 'c\u009b2Jd'
}

@test "paths that cannot be written, and two reports in one place" {
    harness -q -c 1 -n 1 --json=r.json
    refuses '/nowhere/n.html: No such file*' --tap=n.tap --html=/nowhere/n.html \
        r.json
    refuses 'two reports go to one file*' --tap=n --html=./n r.json
    refuses 'two reports go to stdout' --tap --html=- r.json
    refuses 'report: which FILE.json*' --html=n.html
    refuses 'report: stdin can be read once' - -
    run -4 --separate-stderr harness report --html=/dev/full r.json
    says '/dev/full: No space left'
}

# lacking N FORMAT: write the report where the Nth allocation and all after it
# fail. Prints what is neither a whole report nor told.
lacking() {
    local status=0
    rm -f part
    LACK_FROM=$1 LD_PRELOAD=$PWD/lack.so harness report "--$2=part" r.json \
        2>err || status=$?
    if [ "$status" -eq 0 ]; then
        cmp "whole.$2" part || echo "$2, allocation $1: cut off, status 0"
    else
        [ -s err ] || echo "$2, allocation $1: status $status without a word"
    fi 2>&1
}

@test "where memory lacks that is told, and no report is cut off" {
    requires cc
    cat >lack.c <<'END'
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);

static long from, made;

__attribute__((constructor)) static void begin(void)
{
    from = getenv("LACK_FROM") ? atol(getenv("LACK_FROM")) : 0;
}

__attribute__((destructor)) static void end(void)
{
    FILE *f = from ? NULL : fopen(getenv("LACK_COUNT"), "w");

    if (f)
        fprintf(f, "%ld\n", made);
}

static int lacks(void)
{
    errno = ENOMEM;
    return from && ++made >= from;
}

void *malloc(size_t size)
{
    made += !from;
    return lacks() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    made += !from;
    return lacks() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
    made += !from;
    return lacks() ? NULL : __libc_realloc(p, size);
}
END
    cc -shared -fPIC -o lack.so lack.c
    conform_of r.json no-reaping process/no-zombies echo/one-frame
    for format in json junit html; do
        LACK_COUNT=$PWD/count LD_PRELOAD=$PWD/lack.so \
            harness report "--$format=whole.$format" r.json
        all=$(<count)
        for ((part = 1; part <= 60; part++)); do
            lacking $((all * part / 61 + 1)) "$format"
        done
    done >differences
    run -0 cat differences
    assert_output ''
}

@test "a signal ends the wait for a report" {
    mkfifo fifo
    harness report fifo >out 2>err 3>&- 4>&- &
    pid=$!
    CLEANUP_PIDS+=("$pid")
    wait_until takes_signals "$pid"
    kill -TERM "$pid"
    exits_with 143 "$pid"
}
