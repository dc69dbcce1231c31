#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# echo64d -p: nothing is written, given another mode or removed but a pid file
# of its own. What else it does with the file: options.bats.
# shellcheck disable=SC2030,SC2031 # each test is a subshell, and is meant to be
# shellcheck disable=SC2154 # run sets variables by name

setup() {
    load helpers
    load failing
    common_setup
}

teardown() {
    common_teardown
}

# state PATH: what must not change: kind, mode, owner, names, age, text.
state() {
    stat -c '%F %a %u %h %i %Y' "$1"
    [ ! -L "$1" ] || readlink "$1"
    [ ! -f "$1" ] || od -c "$1"
}

# refuses PATH REASON: as a pid file. Whoever starts all the same is left to
# teardown.
refuses() {
    run -1 --separate-stderr timeout "$DEADLINE_S" echo64d -p "$1" 127.0.0.1 0
    assert_output ''
    assert_equal "${stderr%%$'\n'*}" "echo64d: pid file $1 $2"
}

# left_alone PATH REASON: it is refused, and stays what it is.
left_alone() {
    local before
    before=$(state "$1")
    refuses "$@"
    assert_equal "$(state "$1")" "$before"
}

@test "-p: what is not a regular file is refused, and left as it was" {
    mkdir directory
    mkfifo fifo
    left_alone directory 'is not a regular file'
    left_alone fifo 'is not a regular file'
    if command -v perl >/dev/null; then
        perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0);
            bind(S, pack_sockaddr_un("socket")) or die'
        left_alone socket 'is not a regular file'
    fi
}

@test "-p: a device is refused, and left where it is" {
    requires_root "it makes devices"
    mknod null c 1 3 2>mknod.log || skip "$(<mknod.log)"
    mknod zero c 1 5
    mknod loop b 7 200
    for device in null zero loop; do
        left_alone "$device" 'is not a regular file'
    done
}

@test "-p: a symbolic link is refused, and so is what it leads to left alone" {
    umask 077
    echo secret >secret
    : >empty
    mkdir directory
    for target in secret empty nowhere directory; do
        rm -f link
        ln -s "$target" link
        left_alone link 'is a symbolic link'
    done
    assert_equal "$(<secret)" secret
    assert_equal "$(stat -c '%a %s' secret empty)" $'600 7\n600 0'
    refute [ -e nowhere ]
    refuses /proc/self/fd/1 'is a symbolic link'
}

@test "-p: a link on the way to the file is followed" {
    mkdir run
    ln -s run link
    echo64d -p link/pid 127.0.0.1 0
    DAEMON_PID=$(<run/pid)
    CLEANUP_PIDS+=("$DAEMON_PID")
    stop_daemon
    refute [ -e run/pid ]
}

@test "-p: a file with another name is refused, and left as it was" {
    echo 4711 >one
    ln one other
    chmod 600 one
    left_alone one 'has another name (a hard link)'
}

@test "-p: a file of another user's is refused, and left as it was" {
    requires_root "it gives a file away"
    for text in '' '4711\n'; do
        # shellcheck disable=SC2059 # it is a format
        printf "$text" >file
        chown 65534 file
        left_alone file 'belongs to another user'
        rm file
    done
}

@test "-p: a file that holds something else than a pid is left as it was" {
    for text in 'root:x:0:0:root:/root:/bin/bash\n' '4711' '\n' ' 4711\n' \
        '-4711\n' '0x12\n' '4711\n\n' '4711\n12\n' '4711\n\0' '4711 \n' '\0' \
        '123456789012345\n' '12345678901234567890\n'; do
        # shellcheck disable=SC2059 # it is a format
        printf -- "$text" >file
        chmod 600 file
        left_alone file 'holds something else than a pid'
    done
}

@test "-p: an empty file, or one with a number alone, is taken over" {
    umask 077
    for text in '' '4711\n' '0\n' '12345678901234\n'; do
        # shellcheck disable=SC2059 # it is a format
        printf "$text" >pid
        start_daemon
        assert_equal "$(stat -c '%a %s' pid)" "644 $((${#DAEMON_PID} + 1))"
        stop_daemon
        refute [ -e pid ]
    done
}

@test "-p: a file of the kernel's is refused, though it be a regular one" {
    file=/proc/$$/oom_score_adj
    refuses "$file" 'holds something else than a pid'
    requires_strace
    # A cgroup has such ones, but not everybody may write there.
    run -1 with pread64:retval=0 -P "$file" echo64d -p "$file" 127.0.0.1 0
    delivered pread64
    assert_line "echo64d: pid file $file keeps nothing that is written"
}

@test "-p: no daemon enters a cgroup whose list is given as its pid file" {
    requires_root "it makes a cgroup"
    cgroup=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
    cgroup=$cgroup/${BATS_TEST_TMPDIR//\//-}
    mkdir "$cgroup" 2>/dev/null || skip "needs a cgroup2 file system to write"
    run echo64d -p "$cgroup/cgroup.procs" 127.0.0.1 0
    while read -r pid; do
        end_process "$pid"
    done <"$cgroup/cgroup.procs"
    rmdir "$cgroup"
    assert_failure 1
    assert_line --partial 'cgroup.procs keeps nothing that is written'
}

@test "-p: an empty file is refused where nobody knows what keeps it" {
    requires_strace
    : >pid
    chmod 600 pid
    before=$(state pid)
    run ! with fstatfs:error=ENOSYS echo64d -p pid 127.0.0.1 0
    delivered fstatfs
    assert_equal "$(state pid)" "$before"
}

@test "-p: an empty file is taken over in a memory without limit" {
    namespace=(unshare -m)
    "${namespace[@]}" true 2>/dev/null || namespace=(unshare -Urm)
    mkdir memory
    # shellcheck disable=SC2016 # the inner shell expands it
    run -0 "${namespace[@]}" bash -c '
        mount -t tmpfs -o size=0 none memory || { echo refused; exit 0; }
        : >memory/pid
        echo64d -p memory/pid 127.0.0.1 0
        pid=$(<memory/pid)
        kill "$pid"
        until [ ! -e memory/pid ]; do read -rt 0.01 <> <(:) || true; done'
    [[ $output != *refused ]] || skip "needs a mount namespace"
    assert_output --regexp '^127\.0\.0\.1:[0-9]+$'
}

# swapped COMMAND MESSAGE: what the command puts into the place of a file, after
# that has been looked at and before it is opened, is refused, and stays.
swapped() {
    rm -rf pid
    : >pid
    with lstat,newfstatat:signal=SIGSTOP:when=1 -P "$PWD/pid" \
        echo64d -f -p "$PWD/pid" 127.0.0.1 0 >address 2>err 3>&- 4>&- &
    CLEANUP_PIDS+=($!)
    wait_until is_stopped
    rm pid
    eval "$1"
    before=$(state pid)
    kill -CONT "$(is_stopped)"
    exits_with 1 "${CLEANUP_PIDS[-1]}"
    assert_equal "$(state pid)" "$before"
    run -0 cat err
    assert_output --partial "echo64d: $2"
    : >trace
}

@test "-p: a file that another takes the place of is not opened in its stead" {
    requires_strace
    umask 077
    echo secret >secret
    echo 4711 >number
    swapped 'ln -s secret pid' "cannot write pid file $PWD/pid: Too many levels"
    swapped 'mkfifo pid' "pid file $PWD/pid is not a regular file"
    swapped 'ln number pid' "pid file $PWD/pid has another name"
    swapped 'cp secret pid' "pid file $PWD/pid holds something else"
    assert_equal "$(<secret)" secret
}

stopped_times() {
    [ "$(is_stopped | wc -l)" -eq "$1" ]
}

@test "-p: a file that is taken away again and again is given up" {
    requires_strace
    with fcntl:signal=SIGSTOP -P "$PWD/pid" \
        echo64d -f -p "$PWD/pid" 127.0.0.1 0 >address 2>err 3>&- 4>&- &
    CLEANUP_PIDS+=($!)
    for n in {1..10}; do
        wait_until stopped_times "$n"
        rm pid
        kill -CONT "$(is_stopped | head -n 1)"
    done
    exits_with 1 "${CLEANUP_PIDS[0]}"
    assert_equal "$(<err)" \
        "echo64d: pid file $PWD/pid is taken away again and again"
    refute [ -e pid ]
}

@test "-p: who may not change a file does not remove it either" {
    requires_strace
    for text in '' '4711\n'; do
        # shellcheck disable=SC2059 # it is a format
        printf "$text" >pid
        chmod 600 pid
        before=$(state pid)
        run ! with fchmod:error=EPERM echo64d -p pid 127.0.0.1 0
        delivered fchmod
        assert_equal "$(state pid)" "$before"
    done
    rm pid # one that it has made it does remove
    run ! with fchmod:error=EPERM echo64d -p pid 127.0.0.1 0
    delivered fchmod
    refute [ -e pid ]
}

@test "at its end it leaves alone what has taken the place of its pid file" {
    for command in 'echo text >pid' 'rm pid; mkdir pid' 'rm pid; mkfifo pid' \
        'cp pid copy; mv copy pid' 'mv pid moved; echo 4711 >pid' \
        'mv pid moved; ln -s moved pid'; do
        rm -rf pid
        start_daemon
        eval "$command"
        before=$(state pid)
        stop_daemon
        assert_equal "$(state pid)" "$before"
    done
    assert_equal "$(<moved)" "$DAEMON_PID" # nor has it been emptied elsewhere
}

@test "at its end a pid file that has gone is no trouble" {
    start_foreground -p pid
    rm pid
    kill -TERM "$DAEMON_PID"
    exits_with 0 "$DAEMON_PID"
    run ! grep 'cannot' log
    refute [ -e pid ]
}

@test "-u: a pid file that it cannot even see any more is emptied" {
    requires_root "it changes its user"
    mkdir -m 700 private
    echo64d -u nobody -p private/pid 127.0.0.1 0
    DAEMON_PID=$(<private/pid)
    CLEANUP_PIDS+=("$DAEMON_PID")
    stop_daemon
    [ -e private/pid ]
    refute [ -s private/pid ]
}

@test "-p: a limit on the size of files is told, and no file stays" {
    # stderr is no file, or the limit would hold for it too.
    run -1 bash -o pipefail -c \
        '(ulimit -f 0; exec echo64d -f -p pid 127.0.0.1 0) 2>&1 | cat'
    assert_line 'echo64d: cannot write pid file pid: File too large'
    refute [ -e pid ]
}
