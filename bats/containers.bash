# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What a container leaves to a process, without one. Loaded after helpers.

# in_namespaces COMMAND...: in pid, network and mount namespaces of its own and
# with a session of its own, so that what signals its group ends no test.
in_namespaces() {
    local user=()
    [ "$(id -u)" -eq 0 ] || user=(-r)
    # shellcheck disable=SC2016 # the inner shell expands it
    setsid -w unshare "${user[@]}" -pfnm --mount-proc --kill-child sh -c '
        ip link set lo up && mount --bind /proc/sys /proc/sys &&
        mount -o remount,bind,ro /proc/sys && exec "$@"' sh "$@"
}

# in_docker [CAPABILITY...] -- COMMAND...: as docker run does by default, or
# with --cap-add CAPABILITY.
in_docker() {
    in_namespaces "$BUILD_DIR/fixtures/containers/docker" "$@"
}

requires_containers() {
    requires unshare setsid ip mount
    in_docker -- true 2>/dev/null || skip "needs namespaces"
}
