#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The harness harms nobody: neither processes that it did not start nor files
# that it did not make, whatever the run, its target and its end.
# RUNS of each kind of run are made, and as many are ended by each of SIGNALS
# ("all": whatever ends a process); STRANGERS_SEED picks their moments again.
# shellcheck disable=SC2154 # run sets status, output and stderr

RUNS=${RUNS:-1}
SIGNALS=${SIGNALS:-1 2 3 7 9 10 14 15 24 34}
STRANGERS=50

setup() {
    load helpers
    load verdicts
    common_setup
    RANDOM=${STRANGERS_SEED:=$$}
    echo "STRANGERS_SEED=$STRANGERS_SEED"
    mkdir scratch
    export TMPDIR=$PWD/scratch
}

teardown() {
    common_teardown
}

# beside ARGUMENT...: the harness in a process that has had STRANGERS children
# before, in its group and its session; their numbers are in the file strangers.
beside() {
    # shellcheck disable=SC2016 # the inner shell expands it
    exec sh -c 'i=0
        while [ $i -lt "$0" ]; do
            tail -f /dev/null >/dev/null 2>&1 &
            echo $!
            i=$((i + 1))
        done >strangers.new
        mv strangers.new strangers
        exec env --default-signal harness "$@"' "$STRANGERS" "$@"
}

# All of them live; then they are ended.
strangers_live() {
    local pid dead='' stat
    [ "$(wc -l <strangers)" -eq "$STRANGERS" ]
    while read -r pid; do
        # Without a process of one's own for each: their state, if any.
        read -r stat 2>/dev/null <"/proc/$pid/stat" || stat='(gone) Z'
        [[ $stat != *') Z'* ]] || dead+=" $pid"
        kill -KILL "$pid" 2>/dev/null || true
    done <strangers
    [ -z "$dead" ] || fail "ended:$dead"
    rm strangers
}

# What stands beside the scratch, links and all.
files_beside() {
    find scratch -printf '%P %y %m %s %l\n' | sort
}

make_files() {
    mkdir -p scratch/theirs/below scratch/harness-abcdef
    echo theirs >scratch/theirs/below/file
    echo theirs >scratch/harness-abcdef/file
    ln -sfn ../theirs scratch/harness-abcdef/link
    files_beside >files
}

files_stay() {
    files_beside | diff files -
}

# kinds: how a run can be, a line each.
kinds() {
    local few='echo/one-frame process/no-zombies lifecycle/term-stops
        lifecycle/second-instance daemon/start-reports-failure'
    # shellcheck disable=SC2086 # words
    set -- $few
    echo '-c 20 -n 10'
    echo '-c 20 -n 10 --no-isolation'
    echo "conform $* fault/accept-emfile"
    echo "conform --no-isolation $*"
    echo 'conform --client client/transcript client/quit'
    echo 'conform --client --no-isolation client/transcript client/quit'
    echo '-c 2 -n 2 --valgrind'
    echo "-c 20 -n 10 --connect $IP:$PORT --pid $DAEMON_PID"
}

# run_beside KIND...: to its end. The words of a kind are split.
run_beside() {
    local status=0
    # shellcheck disable=SC2048,SC2086
    (beside -q $* >out 2>&1 3>&- 4>&-) || status=$?
    echo "status $status: $*"
    cat out
    strangers_live
    files_stay
    assert_equal "$status" 0
}

@test "strangers of its own process and files beside the scratch outlive a run" {
    local kinds kind
    start_daemon
    make_files
    mapfile -t kinds < <(kinds)
    for ((n = 0; n < RUNS; n++)); do
        for kind in "${kinds[@]}"; do
            run_beside "$kind"
        done
    done
}

# Those that end a process which does not care.
signals() {
    local sig
    [ "$SIGNALS" = all ] || echo "$SIGNALS"
    [ "$SIGNALS" = all ] || return 0
    for ((sig = 1; sig <= 64; sig++)); do
        case $sig in
        17 | 18 | 19 | 20 | 21 | 22 | 23 | 28 | 32 | 33) ;; # CHLD ... WINCH
        *) echo "$sig" ;;
        esac
    done
}

# end_beside SIGNAL KIND: at a moment that chance picks.
end_beside() {
    local pid moment_ms=$((RANDOM % 150))
    # shellcheck disable=SC2086 # words
    (beside -q $2 >out 2>&1 3>&- 4>&-) &
    pid=$!
    CLEANUP_PIDS+=("$pid")
    wait_until [ -e strangers ]
    read -rt "$(printf '0.%03d' "$moment_ms")" <> <(:) || true
    kill "-$1" "$pid" 2>/dev/null || true
    wait_until ended "$pid"
    wait "$pid" || true
    echo "signal $1 after $moment_ms ms: $2"
    strangers_live
    wait_until left_are "$KEPT"
}

@test "strangers and their files outlive a run that any signal ends" {
    local kinds kind signal
    unshare -n true 2>/dev/null || unshare -Urn true 2>/dev/null ||
        skip "needs namespaces"
    start_daemon
    KEPT=$(left_behind)
    make_files
    mapfile -t kinds < <(kinds)
    for ((n = 0; n < RUNS; n++)); do
        for signal in $(signals); do
            kind=${kinds[RANDOM % ${#kinds[@]}]}
            # Nobody can tidy up after SIGKILL but the kernel.
            if [ "$signal" = 9 ]; then
                kind=${kinds[0]}
            fi
            end_beside "$signal" "$kind"
            files_stay
        done
    done
}

@test "the reader of a report, started by the same shell, gets it whole" {
    for isolation in '' --no-isolation; do
        bash -c "harness -q -c 3 -n 2 $isolation --json=>(cat >got.json)"
        wait_until jq -e '.summary.pass == 10' got.json
    done
}

# elsewhere COMMAND...: in a pid namespace whose /proc is the outer one's.
elsewhere() {
    local as=()
    [ "$(id -u)" -eq 0 ] || as=(-Ur)
    unshare "${as[@]}" -pf true 2>/dev/null || skip "needs namespaces"
    unshare "${as[@]}" -pf "$@"
}

@test "where /proc is another namespace's nothing is started: status 4" {
    for words in '-c 3 -n 2' '-c 3 -n 2 --no-isolation' \
        'conform echo/one-frame' 'conform --client client/quit'; do
        # shellcheck disable=SC2086 # words
        run -4 elsewhere harness $words
        assert_output --partial '/proc shows the processes of another'
    done
    run -4 elsewhere harness doctor
    assert_output --regexp '/proc +no '
}

@test "what a target mounts below its directory stays whole without isolation" {
    requires_root 'mounts'
    requires unshare
    mkdir -p theirs/below
    echo precious >theirs/below/file
    # shellcheck disable=SC2016 # the script expands them
    server_script 'mkdir "$1/root" "$1/own" && echo own >"$1/own/file"' \
        "ln -s '$PWD/theirs' \"\$1/link\"" \
        "mount --bind '$PWD/theirs' \"\$1/root\"" \
        'chmod 0 "$1/own"; shift; exec echo64d -f "$@"'
    run -0 --separate-stderr unshare -m harness -c 2 -n 2 --no-isolation \
        -- ./server '{dir}' '{ip}' '{port}'
    assert_equal "$(<theirs/below/file)" precious
    [[ $stderr == *'left behind: not removed: '*/root:*busy* ]]
    # Nothing is mounted there outside: only what could not be removed stays.
    run -0 find scratch -mindepth 3
    assert_output --regexp '^scratch/harness-[^/]*/start1/root$'
}

@test "a target that unmounts its scratch does so for itself alone" {
    requires_root 'unmounts'
    unshare -n true || skip "needs namespaces"
    local before
    before=$(ls -A /dev/shm /mnt /media /srv)
    # shellcheck disable=SC2016 # the script expands them
    server_script 'umount -l "${1%/harness*}" || exit' \
        'shift; exec echo64d "$@"'
    # In mounts of its own, should the machine's be unmounted after all.
    run -0 unshare -m harness conform lifecycle/second-instance \
        lifecycle/bad-port lifecycle/restart-at-once \
        -- ./server '{dir}' '{ip}' '{port}'
    assert_equal "$(ls -A /dev/shm /mnt /media /srv)" "$before"
}

@test "a target below a directory that a sandbox covers is found there" {
    local place
    for place in /dev/shm /srv; do
        [ -w "$place" ] || continue
        place=$(mktemp -d "$place/echo64-test.XXXXXX")
        cp "$BUILD_DIR"/{harness,harness-crowd,echo64d} "$place"
        # shellcheck disable=SC2016 # the script expands them
        printf '%s\n' '#!/bin/sh' 'exec "$(cat "$(dirname "$0")/conf")" "$@"' \
            >"$place/wrapper"
        chmod 755 "$place" "$place/wrapper"
        echo "$place/echo64d" >"$place/conf"
        run "$place/harness" -q -c 2 -n 2 -f "$ROOT/fixtures/frames" \
            -- sh -c "cd '$place' && exec ./wrapper \"\$@\"" sh '{ip}' '{port}'
        rm -r "$place"
        assert_success
    done
}

@test "a target cannot trace the first process of its sandbox" {
    run -0 harness -q -c 2 -n 2 -- "$BUILD_DIR/fixtures/hostile/traces-init"
}

@test "a target reaches no terminal of the caller's" {
    requires script
    # shellcheck disable=SC2016 # the script expands them
    server_script 'for tty in /dev/tty /dev/console /dev/pts/[0-9]*; do' \
        '(printf "\033[31mtouched" >$tty) 2>/dev/null; done' \
        '(setsid sh -c "printf touched >/dev/tty") 2>/dev/null' \
        'exec echo64d -f "$@"'
    unshare -n true 2>/dev/null || unshare -Urn true 2>/dev/null ||
        skip "needs namespaces"
    script -qec 'harness -c 2 -n 2 -- ./server' /dev/null >seen 2>&1 </dev/null
    grep -q '10 passed' seen
    run ! grep -q touched seen
    # Without namespaces there is /dev/tty alone to protect.
    server_script '(printf touched >/dev/tty) 2>/dev/null' \
        'exec echo64d -f "$@"'
    script -qec 'harness -c 2 -n 2 --no-isolation -- ./server' /dev/null \
        >seen 2>&1 </dev/null
    grep -q '10 passed' seen
    run ! grep -q touched seen
}

# In a mount namespace of its own /dev/tty may be anything.
@test "nor has it one where /dev/tty is no terminal" {
    requires script unshare
    local user=()
    [ "$(id -u)" -eq 0 ] || user=(-r)
    unshare "${user[@]}" -m mount --bind /dev/null /dev/tty 2>/dev/null ||
        skip "needs namespaces"
    # proc_pid_stat(5): the seventh is its terminal, or 0.
    server_script "cut -d' ' -f7 /proc/self/stat >>'$PWD/terminal'" \
        'exec echo64d -f "$@"'
    cat >within <<'END'
#!/bin/sh
cut -d' ' -f7 /proc/self/stat >caller
mount --bind /dev/null /dev/tty &&
    exec harness -q -c 2 -n 2 --no-isolation -- ./server
END
    chmod +x within
    script -qec "unshare ${user[*]} -m ./within" /dev/null >seen 2>&1 </dev/null
    grep -q '10 passed' seen
    run ! grep -qx 0 caller
    assert_equal "$(sort -u terminal)" 0
}
