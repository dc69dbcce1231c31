#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# README.md keeps what it promises: each of its commands is run, and prints what
# stands there.
# Waits: for servers that are wrong.
# shellcheck disable=SC2016 # backquotes are Markdown's

setup() {
    load helpers
    load readme
    common_setup
    unset MAKEFLAGS MAKELEVEL MFLAGS # of the make that calls this
    export HOME=$PWD/home
    mkdir home
}

teardown() {
    common_teardown
}

# checkout: what a reader of README.md has in the current directory.
checkout() {
    local name
    for name in Makefile bats ci fixtures harness src; do
        ln -s "$ROOT/$name" .
    done
    ln -s "$BUILD_DIR" build
    ln -s . echo64
}

# document LINE...: a document of one's own, run.
document() {
    printf '%s\n' "$@" >document.md
    rm -rf found
    TOLD=1 run_document document.md found
}

@test "each command of README.md runs, and prints what stands there" {
    requires python3 redis-server nginx socat perl jq
    checkout
    make -q all || fail 'what was built is older than its sources: make tests'
    run_document "$ROOT/README.md" "$PWD/found"
}

@test "each command of README.md that is not run says why" {
    local file targets
    targets=$(make -C "$ROOT" help)
    mkdir found
    commands "$ROOT/README.md" found
    for file in found/*.why; do
        echo "# not run: $(<"${file%.why}.run"): $(<"$file")" >&3
        if [[ $(<"${file%.why}.run") =~ ^make\ ([a-z-]+) ]]; then
            assert_regex "$targets" "make ${BASH_REMATCH[1]} "
        fi
    done
}

@test "a command that fails, or prints something else, is told with its line" {
    run -0 document '```console' '$ echo a 5 ms' 'a 7 s' '```'
    run -1 document 'text' '' '```console' '$ false' '```'
    assert_line 'document.md:4: false'
    run -1 document '```console' '$ echo fail  a' 'fail  b' '```'
    assert_line 'not printed:'
    run -1 document '```console' '$ echo 3 passed, 1 failed' \
        '3 passed, 0 failed' '```'
    run -1 document '```console' '$ echo 3 passed, 1 failed' \
        '3 passed, 1 failed' '```'
    assert_line 'status 0, and it printed:'
    run -0 document '```console' '$ echo 3 passed, 1 failed; false' \
        '9 passed, 1 failed, 8 skipped' '```'
    run -1 document '```console' '$ echo name: status 1' 'name: status 0' '```'
}

@test "what stands between dots comes in any order, but the last line" {
    local two='$ printf "%s\n" fail\ \ x one warn\ \ y two end'
    run -0 document '```console' "$two" 'warn  y' '...' 'fail  x' '...' 'end' \
        '```'
    run -0 document '```console' "$two" 'warn  y' 'two' '...' '```'
    run -1 document '```console' "$two" '...' 'fail  x' '```'
    assert_line 'not the last:'
    run -1 document '```console' "$two" 'fail  x' 'two' '...' 'end' '```'
    run -0 document '```console' '$ echo replay: a b c' 'replay: a ...' '```'
    run -1 document '```console' '$ echo "replay: *"' 'replay: a' '```'
}

@test "a command is found wherever it stands, and a file is written" {
    echo 'make:; @echo made' >Makefile
    run -1 document 'Say `make nothing` in a line.'
    assert_line 'document.md:1: make nothing'
    run -1 document '| a | `make make` | `build/harness x` |'
    assert_line 'document.md:1: build/harness x'
    run -0 document '```sh sub/file' 'echo $0' '```' \
        '```console' "\$ sh \\" '    sub/file' 'sub/file' '```'
    run -1 document '```yaml .ci.yml' '- run: false' '```'
    assert_line 'document.md:2: false'
    run -1 document 'As in' '' '    build/harness -- server'
    assert_line 'in no console block: 3:     build/harness -- server'
}

@test "what is spared is not run, and no more than that is" {
    run -0 document '`make it` <!-- not run: here -->'
    run -1 document '`make it` <!-- not run: here -->' '`make that`'
    assert_line 'document.md:2: make that'
    run -0 document '<!-- not run: both -->' '`make it`' '`make that`'
    run -1 document '<!-- not run: both -->' '`make it`' '' '`make that`'
    run -0 document '```console' '$ false # not run: because' '```'
    run -1 document '```console' '$ false # not run: because' '$ test' '```'
    run -0 document '`make it`' '' '`make it` <!-- not run: there -->'
}

@test "README.md is short, and names each directory of the tree" {
    local place
    [ "$(wc -l <"$ROOT/README.md")" -lt 400 ]
    for place in "$ROOT"/{,harness/,fixtures/}*/; do
        place=${place#"$ROOT"/}
        case $place in
        build*) continue ;;
        harness/?*) place=${place#harness/} ;;
        esac
        grep -qE "^\| .*\`${place%/}/?(\`|[A-Z/])" "$ROOT/README.md" ||
            fail "README.md has no row for $place"
    done
}
