#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Protocols other than echo: files and names, right and wrong, and the options
# that belong to servers which speak them.
# shellcheck disable=SC2016 # what stands in single quotes another shell reads
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and is meant to be
# shellcheck disable=SC2034,SC2154 # run and helpers.bash set and read variables

setup() {
    load helpers
    load verdicts
    common_setup
    SPEAKS=$ROOT/fixtures/speakers/speaks
    # What it speaks.
    printf '%s\n' 'send "n {token}\n"' 'expect "ok n {token}\n"' >lines.p
}

teardown() {
    common_teardown
}

# refuses MESSAGE [ARGUMENT]...: status 2, and nothing is started.
refuses() {
    local message=$1
    shift
    ends 2 "$@" -- sh -c 'touch started; exit 1'
    says "$message"
    assert_output ''
    refute [ -e started ]
    refute [ -e r.json ]
}

# wrong PLACE WHAT LINE...: a file of these lines is refused, there.
wrong() {
    local place=$1 what=$2
    shift 2
    printf '%b\n' "$@" >wrong.p
    refuses "--protocol: ./wrong.p:$place: " --protocol ./wrong.p
    says "$what"
}

# not_spoken REASON [ARGUMENT]...: status 3, no case passed, both sides shown.
not_spoken() {
    local reason=$1
    shift
    ends 3 "$@"
    says "$reason"
    reports '.summary.pass == 0 and .summary.fail == 0 and .summary.skip > 0'
    jq -r '.cases[].reason' r.json | grep -qF -- "$reason"
}

@test "harness protocol lists the built-in ones, each of which is a file" {
    run -0 --separate-stderr harness protocol
    assert_equal "$(printf '%s\n' "${lines[@]%% *}")" \
        "$(cd "$ROOT/fixtures/protocols" && LC_ALL=C ls)"
    for name in "${lines[@]%% *}"; do
        harness protocol "$name" >"$name.p"
        cmp "$name.p" "$ROOT/fixtures/protocols/$name"
        # It is understood: only then is the command looked for.
        ends 3 --protocol "./$name.p" -- ./nosuch
        says 'cannot execute ./nosuch'
    done
}

@test "a name that no protocol has is refused" {
    run -2 --separate-stderr harness protocol nosuch
    says "'nosuch'"
    run -2 --separate-stderr harness protocol ./lines.p
    says "'./lines.p'"
    run -2 harness protocol redis smtp
    run -2 harness protocol redis -- true
    for name in nosuch REDIS 'redis ' re; do
        refuses "no protocol is called '$name'" --protocol "$name"
    done
    refuses './nosuch: No such file' --protocol ./nosuch
    refuses '--protocol: a value is missing' --protocol ''
}

@test "what is wrong in a file is told by line and column" {
    local good=('send "a"' 'expect "b"')
    wrong 1:1 "unknown word 'sned'" 'sned "a"'
    wrong 1:6 'the quote is not closed' 'send "a'
    wrong 1:8 'no such escape' 'send "a\\q"'
    wrong 1:7 'two hexadecimal digits' 'send "\\x4"'
    wrong 1:7 'no such placeholder' 'send "{tokne}"'
    wrong 1:7 'no such placeholder' 'send "{"'
    wrong 1:7 'the string is empty' 'send ""'
    wrong 1:7 'byte 0x01' 'send "\001"'
    wrong 1:6 'a NUL byte' 'once \0000'
    wrong 1:5 'needs a string in quotes' send
    wrong 1:10 'more stands on the line' 'send "a" "b"'
    wrong 1:1 'no exchange' '# nothing'
    wrong 1:9 'no expect' 'send "a"'
    wrong 1:1 'an exchange begins with send' 'expect "a"' 'send "b"'
    wrong 3:9 'an exchange ends with expect' "${good[@]}" 'send "c"'
    wrong 2:1 '{token} is awaited' 'send "a"' 'expect "{token}"'
    wrong 2:1 '{frame} is awaited' 'send "a"' 'expect "{frame}"'
    wrong 2:1 'a second greeting' 'greeting "a"' 'greeting "b"' "${good[@]}"
    wrong 1:1 'welcome comes after hello' 'welcome "a"' "${good[@]}"
    wrong 3:1 'hello comes before' "${good[@]}" 'hello "a"'
    wrong 4:1 'a second bye' "${good[@]}" 'bye "q"' 'bye "q"'
    wrong 1:1 'bye before the exchange' 'bye "q"' "${good[@]}"
    wrong 4:1 'after bye nothing more' "${good[@]}" 'bye "q"' 'send "a"'
    wrong 4:1 'a second once' "${good[@]}" once once
    wrong 49:1 'more than 48 steps' \
        "$(printf 'send "a"\\nexpect "b"\\n%.0s' {1..25})"
}

@test "what is too much, and what is no text, is refused" {
    { printf 'send "' && head -c 1048576 /dev/zero && echo '"'; } |
        tr '\0' a >long.p
    refuses './long.p:1:7: the string is longer than' --protocol ./long.p
    head -c 65536 /dev/zero | tr '\0' '\n' >large.p
    cat lines.p >>large.p
    refuses './large.p:65537:1: the file is larger than 64 KiB' \
        --protocol ./large.p
    : >empty.p
    refuses './empty.p:1:1: no exchange' --protocol ./empty.p
    refuses "$BUILD_DIR/harness:" --protocol "$BUILD_DIR/harness"
    printf '\357\273\277' | cat - lines.p >mark.p
    refuses './mark.p:1:1: ' --protocol ./mark.p
}

@test "what is no file keeps nobody waiting" {
    mkdir dir.p
    mkfifo fifo.p
    for option in --protocol --config; do
        refuses './dir.p: not a regular file' "$option" ./dir.p
        refuses './fifo.p: not a regular file' "$option" ./fifo.p
        refuses '/dev/zero: not a regular file' "$option" /dev/zero
        refuses './none.p: No such file' "$option" ./none.p
    done
    requires_ordinary_user
    install -m 000 lines.p closed.p
    for option in --protocol --config; do
        run -2 as_ordinary_user harness "$option" ./closed.p -- true
        assert_output --partial './closed.p: Permission denied'
    done
}

@test "a right server passes, by file and by two strings" {
    requires python3
    ends 0 -q -c 4 -n 4 --protocol ./lines.p -- "$SPEAKS"
    reports '.protocol == "lines.p" and .load.frames_verified == 16'
    reports 'any(.cases[]; .id == "load/own-bytes" and .verdict == "pass")'
    # Whatever ends its lines, and none the last.
    printf 'send "n {token}\\n"\r\nexpect "ok n {token}\\n"' >crlf.p
    ends 0 -q conform --protocol ./crlf.p load/own-bytes -- "$SPEAKS"
    ends 0 -q conform --send 'n {token}\n' --receive 'n {token}\n' \
        load/own-bytes echo/one-frame -- "$SPEAKS"
    reports '.summary.pass == 1 and .summary.skip == 1'
    # Whose answer it is cannot be seen.
    ends 0 -q conform --send 'n\n' --receive 'ok' load/own-bytes \
        process/no-zombies -- "$SPEAKS"
    reports '.summary.pass == 1 and .summary.skip == 1'
}

@test "a wrong protocol becomes no verdict, and its transcript is shown" {
    requires python3
    local what='no "ok n {token}\n", but "no\n" and then silence'
    for mode in stress conform; do
        rm -f r.*
        not_spoken "lines.p: the first exchange did not come: $what" \
            "$mode" --timeout 1 --protocol ./lines.p --tap=r.tap \
            --junit=r.xml --html=r.html -- "$SPEAKS" --instead $'no\n'
        [[ $stderr =~ $'\n''client: n '[a-z]{16}'\n'$'\n''server: no\n' ]]
        [ -s r.tap ] && [ -s r.xml ] && [ -s r.html ]
    done
    # Neither does what has no end.
    not_spoken 'and then no end' conform --protocol ./lines.p load/own-bytes \
        -- "$SPEAKS" --floods
    not_spoken 'no "250", but silence' conform --timeout 1 --send 'x' \
        --receive '250' load/own-bytes -- "$SPEAKS"
    # A greeting that never comes; one that nobody awaits.
    sed '1i greeting "220"' lines.p >greeted.p
    not_spoken 'no "220", but silence' conform --timeout 1 \
        --protocol ./greeted.p load/own-bytes -- "$SPEAKS"
    ends 0 -q conform --protocol ./greeted.p load/own-bytes -- \
        "$SPEAKS" --greets $'220 hi\n'
    ends 0 -q conform --protocol ./lines.p load/own-bytes -- \
        "$SPEAKS" --greets $'220 hi\n'
}

@test "whose answer came instead is named" {
    requires python3
    ends 1 conform --protocol ./lines.p load/own-bytes -- "$SPEAKS" --swaps
    assert_line --regexp 'client 1, exchange 2: the token of client 0, exchange 2'
    ends 1 conform --protocol ./lines.p load/own-bytes -- "$SPEAKS" --behind
    assert_line --regexp 'client 1, exchange 2: the token of client 1, exchange 1'
    ends 1 -c 4 -n 4 --protocol ./lines.p -- "$SPEAKS" --swaps
    reports 'any(.cases[]; .id == "load/own-bytes" and .verdict == "fail")'
}

@test "a server that closes after one exchange needs once in the file" {
    requires python3
    for mode in stress conform; do
        not_spoken 'the second exchange did not come' "$mode" \
            --protocol ./lines.p -- "$SPEAKS" --once
        says "say 'once'"
    done
    { cat lines.p && echo once; } >once.p
    ends 0 -q -c 4 -n 4 --protocol ./once.p -- "$SPEAKS" --once
    ends 0 -q conform --protocol ./once.p load/own-bytes lifecycle/term-stops \
        -- "$SPEAKS" --once
}

# What a full listen queue drops comes again after a second, then two, then four.
@test "clients that connect anew wait for room in the listen queue" {
    requires python3
    { cat lines.p && echo once; } >once.p
    ends 0 -q -c 200 -n 8 --protocol ./once.p -- "$SPEAKS" --once --backlog 4
    reports '.load.frames_verified == 1600'
    reports '.load.connect_seconds.p50 < 0.9'
}

@test "options that do not go together are refused" {
    refuses '--send: needs --receive' --send a
    refuses '--receive: needs --send' --receive a
    refuses '--protocol: not with --send' --protocol redis --send a --receive b
    refuses '--send: 2: no such escape' --send 'a\q' --receive b
    refuses '--receive: a value is missing' --send a --receive ''
    refuses '--receive: 1: {token} is awaited' --send a --receive 'b {token}'
    refuses '--fixtures' --protocol redis -f "$ROOT/fixtures/frames"
    refuses '--fixtures' --send a --receive b -f "$ROOT/fixtures/frames"
    refuses '--client: not with --protocol' conform --client --protocol redis
    refuses '--client: not with --send' conform --client --send a --receive b
    refuses '--client: not with --config' conform --client --config lines.p
    run -2 harness --connect 127.0.0.1:7 --config lines.p
    run -2 harness --connect 127.0.0.1:7 --pid-file x
}

@test "a configuration file is copied, its placeholders filled in" {
    requires python3
    mkdir other
    printf 'listen {ip} {port}\n{config2}\n{dir}/a.conf\n' >a.conf
    echo second >other/b.conf
    ends 0 conform --protocol ./lines.p --config a.conf --config other/b.conf \
        lifecycle/{usage,bad-port,bad-address,listens-where-asked} \
        lifecycle/restart-at-once -- "$SPEAKS" --config '{config}'
    reports '.summary.pass == 2 and .summary.skip == 3'
    reports '[.cases[] | select(.verdict == "skip").reason] | unique ==
        ["the address stands in a --config file"]'
    rm r.json
    cp other/b.conf other/a.conf
    refuses "--config: two files are called 'a.conf'" \
        --config a.conf --config other/a.conf
    printf 'a\0b' >nul.conf
    refuses 'nul.conf: it holds a NUL byte' --config nul.conf
    # Where COMMAND has the address and the file has not, all is as ever.
    ends 0 conform --protocol ./lines.p --config other/b.conf \
        lifecycle/{usage,bad-port,bad-address} -- "$SPEAKS"
    reports '.summary.pass == 3'
}

@test "signals go to the process that the pid file names" {
    requires python3
    local server=("$SPEAKS" --pid-file '{dir}/pid' '{ip}' '{port}')
    ends 0 conform --protocol ./lines.p --pid-file '{dir}/pid' \
        lifecycle/term-{stops,leaves-nobody} lifecycle/still-serving -- \
        "${server[@]}"
    reports '.summary.pass == 3'
    # Else who listens has them, and this one does not heed SIGTERM.
    ends 1 conform --protocol ./lines.p --timeout 1 lifecycle/term-stops -- \
        "${server[@]}"
}

@test "starts do not meet in /run or /tmp, in which there are no files" {
    requires python3
    local place
    for place in /run /var/run; do
        ends 0 conform -j 8 --protocol ./lines.p load/own-bytes \
            process/no-zombies process/fds-return -- \
            "$SPEAKS" --lock "$place/echo64-test" '{ip}' '{port}'
        reports .target.isolated || skip 'needs namespaces'
        refute [ -e "$place/echo64-test" ]
    done
    ends 3 conform --protocol ./lines.p load/own-bytes -- \
        sh -c 'find /run -not -type d >&2; echo told >&2; exit 7'
    says told
    [[ $stderr != */run/* ]]
    # All of /tmp is there where the harness itself is.
    [[ $(realpath "$BUILD_DIR") != /tmp/* ]] || return 0
    echo here >"$BATS_TEST_TMPDIR/file"
    cd /
    run -3 harness conform --protocol "$BATS_TEST_TMPDIR/lines.p" \
        load/own-bytes -- sh -c 'find /tm[p] -not -type d; exit 7'
    refute_output --partial /tmp/
}

@test "list --json says which cases need echo" {
    run -0 --separate-stderr harness list --json
    jq -e 'all(.[]; .protocol == "echo" or .protocol == "any") and
        all(.[] | select(.id | startswith("echo/")); .protocol == "echo") and
        any(.[]; .protocol == "any")' <<<"$output"
}
