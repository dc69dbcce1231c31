# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# System calls made to fail by strace. What it traced is the file trace.

requires_strace() {
    requires strace
    strace -o trace true 2>/dev/null || skip "needs ptrace(2)"
}

# with INJECTION [STRACE OPTION]... COMMAND...: run it with a system call
# failing so. What starts all the same is not waited for.
with() {
    timeout "$DEADLINE_S" strace -f -qq -o trace -e "inject=$1" "${@:2}"
}

# into PID INJECTION: likewise with a process that runs. The tracer keeps no
# connection of the test's open.
into() {
    (
        for fd in /proc/self/fd/*; do
            fd=${fd##*/}
            ((fd <= 2)) || eval "exec $fd>&-"
        done
        exec strace -f -o trace -e "inject=$2" -p "$1" 2>strace.log
    ) &
    CLEANUP_PIDS+=("$!")
    wait_until grep -q attached strace.log
}

# failed CALL: as the tracer has written so far.
failed() {
    grep -qE "(^| )$1(\(| resumed).*\(INJECTED\)" trace
}

# delivered INJECTION: the call is made, and does fail. Another process than
# the one that was seen to go on may be the one that makes it.
delivered() {
    wait_until failed "${1%%:*}" || fail "never made: $1"
}

# is_stopped: by the signal of an injection; prints which process.
is_stopped() {
    sed -n '/--- stopped by SIGSTOP ---$/s/ .*//p' trace | grep .
}
