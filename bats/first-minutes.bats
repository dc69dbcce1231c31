#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The first five minutes with a server of one's own: words that are nearly
# right, and a server that does not come up, each told so that the next command
# is clear.
# shellcheck disable=SC2016 # what stands in single quotes another shell reads
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

# wrong MESSAGE ARGUMENT...: status 2, and that line alone.
wrong() {
    local message=$1
    shift
    run -2 --separate-stderr harness "$@"
    assert_output ''
    assert_equal "$stderr" "harness: $message"
}

@test "help and version are commands, too" {
    run -0 harness help
    assert_equal "$output" "$(harness --help)"
    assert_line --partial 'harness help | version'
    run -0 harness version
    assert_equal "$output" "$(harness --version)"
}

@test "what was meant is guessed: a case, a family, a command, an option" {
    wrong "no case fits 'half-close': did you mean echo/half-close?" \
        conform half-close
    wrong "no case fits 'lifecyle/': did you mean lifecycle/?" \
        list lifecyle/
    wrong "no case fits 'echo/onebyte': did you mean echo/one-byte?" \
        explain echo/onebyte
    echo 'echo/one-bite' >known
    wrong "--expect known:1: no case 'echo/one-bite': did you mean \
echo/one-byte?" conform --expect known -- ./server
    wrong "unknown command 'confrom': did you mean conform? (to test a \
program: harness -- confrom)" confrom echo/
    wrong "unknown option '--timout': did you mean --timeout?" --timout 3
}

@test "an option that lacks its value does not take the -- before COMMAND" {
    wrong "--expect: a value is missing before '--'" \
        conform --expect -- ./server
    wrong "-c, --clients: a value is missing before '--'" -c -- ./server
    wrong "--junit: a value is missing before '--'" --junit -- ./server
}

@test "--connect takes a name" {
    start_daemon
    ends 0 -c 2 -n 2 --connect "localhost:$PORT"
    reports '.target.address == "127.0.0.1" and .target.name == "localhost"'
    stop_daemon
    # Where no name server can be asked, that is trouble (4).
    run harness --connect nosuch.invalid:7
    [[ $status == [24] && $output == "harness: --connect: "*"'nosuch.invalid': "* ]]
    wrong "--connect: '127.0.0.300:7' is not HOST:PORT, an address ([::1]:7) \
or a name (localhost:7), the port from 1 to 65535" --connect 127.0.0.300:7
}

@test "--connect: of a name's addresses the one that is served" {
    requires_ipv6
    getent ahosts localhost | grep -q '^::1 ' || skip "localhost is not ::1"
    IP=::1 start_daemon
    ends 0 -c 2 -n 2 --connect "localhost:$PORT"
    reports '.target.address == "::1"'
}

# told HINT ARGUMENT...: it does not come up, and the hint is the last that is
# said of it, after the one line of why.
told() {
    local hint=$1
    shift
    ends 3 -c 1 "$@"
    assert_equal "${#lines[@]}" 2 # what is tested, and the sums
    assert_equal "${lines[1]}" '0 passed, 0 failed, 10 skipped'
    [[ ${stderr_lines[0]} == 'harness: '* ]]
    [[ ${stderr_lines[-1]} == "  hint: "$hint ]] ||
        fail "not '$hint' in: $stderr"
}

# server NAME LINE...: a Python server of that name, which ends itself.
server() {
    { echo '#!/usr/bin/env python3' && echo 'import socket, sys, time' &&
        printf '%s\n' "${@:2}"; } >"$1"
    chmod +x "$1"
}

@test "a server that never came up: its cause is all that is shown" {
    server onlyport.py 'if len(sys.argv) != 2:' \
        '    sys.exit("usage: onlyport.py PORT\n::error::its own")'
    for how in stress 'conform -q' 'conform -v'; do
        # shellcheck disable=SC2086 # these are words
        run -3 --separate-stderr harness $how -- python3 onlyport.py
        [ ${#lines[@]} -le 2 ]
        [[ ${lines[-1]} =~ ^'0 passed, 0 failed, '[0-9]+' skipped'$ ]]
        assert_equal "${#stderr_lines[@]}" 6
        assert_equal "${stderr_lines[0]}" \
            'harness: python3: it ended (status 1) without listening'
        [[ ${stderr_lines[1]} =~ \
            ^'  ran: python3 onlyport.py 127.0.0.1 '[0-9]+$ ]]
        assert_equal "${stderr_lines[2]}" '  it printed:'
        assert_equal "${stderr_lines[3]}" '  | usage: onlyport.py PORT'
        # A line of its own that GitHub would take for one of ours.
        assert_equal "${stderr_lines[4]}" '  | ::error::its own'
    done
}

@test "hint: a command that is one word with blanks in it" {
    told '*-- ./server -x)*sh -c*exec ./server -x {ip} {port}*' -- './server -x'
}

@test "hint: a command that is here, or is not executable" {
    server server 'pass'
    # Not in the directory itself, which some PATHs name.
    PATH=$BUILD_DIR:/usr/local/bin:/usr/bin:/bin told \
        'it stands in this directory: -- ./server' -- server
    chmod -x server
    told '*chmod +x ./server*-- python3 ./server)' -- ./server
}

@test "hint: a server that takes only a port" {
    local hint='*takes a port alone*-- python3 server.py {port}'
    server server.py 'int(sys.argv[1])'
    told "$hint" -- python3 server.py
    server server.py 'sys.exit("Usage: server.py [-p PORT]")'
    told "$hint" -- python3 server.py
}

@test "hint: a server that listens elsewhere" {
    told '*--listens 127.0.0.1:7007;*{port}*' --timeout 1 -- \
        sh -c 'exec echo64d -f 127.0.0.1 7007'
    requires_ipv6
    told '*--address ::1' --timeout 1 -- sh -c 'exec echo64d -f ::1 "$2"' sh
}

@test "hint: a server that starts slowly" {
    server server.py 'time.sleep(60)'
    told '*--timeout 1.2 waits longer*0.2 s' --timeout 0.2 -- ./server.py
}

@test "hint: a daemon that speaks another protocol" {
    server redis-server 'sys.exit("cannot open its configuration")'
    told '*--protocol redis*{ip}*{port}*--config' -- ./redis-server
    told 'http.server is*--protocol http*' -- python3 -m http.server
}

@test "hint: a server in a container, or a service" {
    server docker 'time.sleep(60)'
    told '*--connect 127.0.0.1:7007, and --pid $(./docker inspect*' \
        --timeout 0.2 -- ./docker run --rm server
    server systemctl 'pass'
    told '*ExecStart*--connect*--pid $(systemctl show*' -- ./systemctl start x
}

@test "hint: a server that is asked by the wrong protocol, or by none" {
    server server.py 's = socket.create_server((sys.argv[1], int(sys.argv[2])))' \
        'while True:' '    c, _ = s.accept()' \
        '    c.sendall(b"220 mail.example ESMTP\r\n")' \
        '    c.recv(4096); c.close()'
    run -3 --separate-stderr harness --protocol ssh -- ./server.py
    assert_equal "${stderr_lines[-1]}" \
        '  hint: it answers as servers of smtp do: --protocol smtp'
    ends 1 conform echo/one-frame -- ./server.py
    assert_equal "${lines[-2]}" 'hint: it seems to speak smtp: --protocol smtp'
    ends 1 -c 1 -n 1 -- ./server.py
    assert_equal "${lines[-2]}" 'hint: it seems to speak smtp: --protocol smtp'
}

@test "hint: a daemon under echo is known by its name, if it says nothing" {
    requires memcached
    ends 1 conform --timeout 2 echo/one-frame -- \
        memcached -u root -l '{ip}' -p '{port}'
    assert_equal "${lines[-2]}" \
        'hint: it seems to speak memcached: --protocol memcached'
}

@test "warnings are counted above the last line, with what would fail them" {
    fixture_server small-writes
    ends 0 conform -q echo/no-stall echo/one-byte -- "$SERVER"
    assert_equal "${lines[-2]}" '1 warning: echo/no-stall; --strict fails it'
    assert_equal "${lines[-1]}" '2 passed, 0 failed'
    ends 1 conform -q --strict echo/no-stall echo/one-byte -- "$SERVER"
    refute_output --partial warning
}

@test "the progress line counts what is served, cases done, and the time left" {
    requires script
    export TERM=xterm
    run -0 script -qec 'harness conform -j 1 process/' /dev/null
    assert_output --regexp $'\r\e\\[K[0-9]+/[0-9]+ cases done, 1 under way'
    assert_output --regexp 'cases done, 1 under way, about [0-9]+ s left'
    run -0 script -qec 'harness -c 50' /dev/null
    assert_output --regexp '[0-9]+/50 clients served, [0-9]+/[0-9]+ frames, 0/10'
    # Nothing of it is left on the terminal.
    refute_line --regexp $'cases done[^\r]*$'
}
