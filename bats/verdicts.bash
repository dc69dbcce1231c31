# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the suites of the harness share beside helpers, which is loaded before:
# a run and its JSON report, another user, the servers known to be wrong.

load servers

# ends STATUS ARGUMENT...: a run of the harness ends so. Its report is r.json;
# output is its stdout, stderr its stderr.
ends() {
    local wanted=$1
    shift
    run --separate-stderr harness --json=r.json "$@"
    # shellcheck disable=SC2154 # run has set them
    [ "$status" -eq "$wanted" ] ||
        fail "status $status, not $wanted: harness $*"$'\n'"$output$stderr"
}

# says TEXT: the harness said so on stderr.
says() {
    [[ $stderr == *"$1"* ]] || fail "no '$1' in: $stderr"
}

# reports FILTER [FILE]: jq finds it true of the JSON report.
reports() {
    jq -e "$1" "${2:-r.json}" >/dev/null && return
    jq -c 'del(.cases), (.cases[] | select(.verdict != "pass"))' \
        "${2:-r.json}"
    fail "not so: $1"
}

# failing FILE: the ids that its JSON report calls failed or warned of, sorted.
failing() {
    jq -r '.cases[] | select(.verdict == "fail" or .verdict == "warn").id' \
        "$1" | sort
}

# arguments_of NAME: what it takes beside its address, if anything, a line each.
arguments_of() {
    tagged Arguments "$1" | tr ' ' '\n'
}

# protocol_of NAME: the built-in one that it speaks, or the file of another.
protocol_of() {
    local name file
    name=$(tagged Protocol "$1")
    file=$ROOT/fixtures/servers/$name.protocol
    [ -e "$file" ] && echo "$file" || echo "${name:-echo}"
}

# fixture_server NAME: sets SERVER to its program.
fixture_server() {
    SERVER=$(program_of "$1")
    [ -x "$SERVER" ] || fail "$SERVER is not there: make fixtures"
}

# tagged WHAT NAME: what the lines "WHAT: text" at the server's top say.
tagged() {
    sed -En "s,^$COMMENT $1: ,,p" "$(source_of "$2")"
}

# listed WHAT NAME: likewise, the ids alone, sorted.
listed() {
    tagged "$1" "$2" | sed 's/[^a-z/-].*//; /^none$/d' | sort
}

# as_ordinary_user COMMAND...: not as root, even where the tests are.
as_ordinary_user() {
    local as=()
    if [ "$(id -u)" -eq 0 ]; then
        as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    fi
    "${as[@]}" "$@"
}

# Skip where that user could not run the programs; let it write here.
requires_ordinary_user() {
    requires setpriv
    chmod 777 .
    as_ordinary_user test -x "$BUILD_DIR/harness" ||
        skip "needs a build directory that others may enter"
}

# server_script COMMAND...: ./server runs that shell script; it ends itself by
# exec where it is to listen.
server_script() {
    { echo '#!/bin/sh' && printf '%s\n' "$@"; } >server
    chmod 755 server
}

# at_least COUNT PID: so many children has the process, or more.
at_least() {
    [ "$(children "$2" | wc -w)" -ge "$1" ]
}

# From here on a signal does not kill the harness but ends its run; or there is
# none.
takes_signals() {
    local mask
    ended "$1" && return
    [ "$(process_field "$1" Name)" = harness ] || return
    mask=$(process_field "$1" SigBlk)
    ((0x${mask:-0} & 0x4000)) # SIGTERM
}
