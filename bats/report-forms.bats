#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What programs that read reports rely on: the JSON report keeps to its schema,
# and a JUnit report says where and with what it was made.
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

# Sets PYTHON to one that has the validator.
requires_validator() {
    for PYTHON in /usr/bin/python3 python3; do
        "$PYTHON" -c 'import jsonschema' 2>/dev/null && return
    done
    skip "needs python3-jsonschema"
}

# validate FILE...: what is wrong with each, by the schema.
validate() {
    "$PYTHON" - "$ROOT/fixtures/schema.json" "$@" <<'PYTHON'
import json, sys
from jsonschema import Draft202012Validator
schema = json.load(open(sys.argv[1]))
Draft202012Validator.check_schema(schema)
for path in sys.argv[2:]:
    for error in Draft202012Validator(schema).iter_errors(json.load(open(path))):
        print(path, error.json_path, error.message[:200])
PYTHON
}

@test "JSON: reports of every kind keep to the schema" {
    requires_validator
    harness -q -c 3 -n 2 --json=passed.json
    fixture_server leaks-pipe-end
    ends 1 -q -c 3 -n 2 --timeout 0.5 -- "$SERVER"
    mv r.json leaked.json
    echo echo/odd-sizes >known
    fixture_server stale-tail
    ends 1 conform --expect known echo/ -- "$SERVER"
    mv r.json failed.json
    fixture_server small-writes
    ends 0 conform echo/no-stall daemon/new-session -- "$SERVER"
    mv r.json warned.json
    ends 3 conform echo/ -- false
    mv r.json never-up.json
    ends 4 -c 2 --run-timeout 0.2 -- sh -c 'exec tail -f /dev/null'
    mv r.json error.json
    ends 0 conform --client client/quit
    start_daemon
    ends 0 conform --connect "$IP:$PORT" echo/one-byte
    run -0 validate ./*.json "$ROOT/fixtures/reports/stress.json"
    assert_output ''
}

@test "JSON: the schema lets no name and no type go by" {
    requires_validator
    fixture_server stale-tail
    ends 1 -q -c 2 -n 2 -- "$SERVER"
    local change n=0
    for change in '.schema = 2' 'del(.seed)' '.seed = "7"' '.mode = "other"' \
        'del(.environment.kernel)' '.environment.cores = "2"' \
        '(.cases[] | select(.verdict == "fail")).mistake = 1' \
        '(.cases[] | select(.verdict == "pass")).mend = "less"' \
        '.extra = 1' '.target.model = "fibers"' '.target.extra = 1' \
        'del(.target.command)' '.started_at = "today"' '.summary.pass = -1' \
        'del(.summary.stale)' '.cases[0].id = "one"' \
        '.cases[0].verdict = "maybe"' 'del(.cases[0].evidence)' \
        '.cases[0].sources = []' '.cases[0].title = "a\u001bb"' \
        '.load = null' 'del(.audit)' '.load.connect_seconds.p50 = "1"' \
        '.audit.leaked_fds = [{}]' '.mode = "conform"' \
        '(.cases[] | select(.verdict == "fail")).reason = null' \
        '(.cases[] | select(.verdict == "fail")).evidence.facts = "one"'; do
        n=$((n + 1))
        jq "$change" r.json >"$n: $change.json"
    done
    run -0 validate ./*:*.json
    for change in ./*:*.json; do
        assert_line --partial "$change \$"
    done
}

# xpath EXPRESSION: what it comes to in the JUnit report.
xpath() {
    xmllint --xpath "$1" r.xml
}

property() {
    xpath "string(//properties/property[@name='$1']/@value)"
}

# explained CASE LABEL: what harness explain says under it, in one line.
explained() {
    harness explain "$1" | awk -v label="  $2:" '
        /^  [a-z]/ { on = index($0, label) == 1; sub(/^  [a-z ]*:/, "") }
        on { printf "%s ", $0 }' | xargs -d '\n' | tr -s ' ' |
        sed 's/^ *//; s/ *$//'
}

@test "JSON and -v tell of a failure what explain does; of a pass nothing" {
    fixture_server stale-tail
    ends 1 conform -v echo/one-byte echo/short-message echo/bulk -- "$SERVER"
    local id=echo/short-message label text
    for label in mistake mend; do
        text=$(explained "$id" "$label")
        [ "${#text}" -gt 20 ]
        assert_line --regexp "^ +$label: +"
        [ "$(jq -r --arg id "$id" ".cases[] | select(.id == \$id).$label" \
            r.json)" = "$text" ]
        [[ $output == *"$label: "*"$text"* ]] || fail "-v: no $text"
    done
    reports '.cases | all(.[]; (.verdict == "pass") != has("mistake")
        and (.verdict == "pass") != has("mend"))'
    ends 1 conform echo/short-message -- "$SERVER"
    refute_output --regexp '(mistake|mend): '
}

@test "JSON: the machine and the versions; valgrind's where it was used" {
    ends 0 -c 2 -n 2
    reports ".environment == {harness: .harness.version,
        host: \"$(uname -n)\", kernel: \"$(uname -r)\", architecture: \"$(uname -m)\",
        cores: $(getconf _NPROCESSORS_ONLN), memory_bytes:
        .environment.memory_bytes, libc: .environment.libc, valgrind: null}"
    reports "(.environment.memory_bytes / 1024 - $(
        awk '/^MemTotal/ { print $2 }' /proc/meminfo) | fabs) < 1048576"
    reports '.environment.libc | test("^[0-9]+[.][0-9]+")'
    requires valgrind
    ends 0 -c 2 -n 2 --valgrind
    reports ".environment.valgrind == \"$(valgrind --version |
        sed s/valgrind-//)\""
}

@test "JUnit: the machine, the seed, the versions, and the warnings" {
    requires xmllint
    fixture_server small-writes
    ends 0 conform --seed 77 --junit=r.xml echo/no-stall echo/one-byte \
        -- "$SERVER"
    assert_equal "$(xpath 'string(//testsuite/@hostname)')" "$(uname -n)"
    assert_equal "$(property seed)" 77
    assert_equal "$(property kernel)" "$(uname -r)"
    [[ $(property libc) =~ ^[0-9]+\.[0-9]+ ]]
    assert_equal "$(property harness)" "$(jq -r .harness.version r.json)"
    assert_equal "$(property protocol)" echo
    assert_equal "$(xpath 'string(//testsuite/system-out)')" \
        '1 warning: echo/no-stall; --strict fails it'
    assert_equal "$(xpath 'count(//testcase/system-out[starts-with(.,
        "warn: ")])')" 1
    ends 0 conform --junit=r.xml echo/one-byte
    assert_equal "$(xpath 'count(//testsuite/system-out)')" 0
}
