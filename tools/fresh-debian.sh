#!/usr/bin/env bash
# Proves that a bare Debian 12 with only this checkout passes `./dev test`,
# passes it again without network, and then serves the demo with `./dev run`.
# Opt-in: needs root, the Debian package debootstrap, and a few minutes.
#
#     tools/fresh-debian.sh [FOLDER]      default: a temporary folder
#
# The system is made from the machine's own apt configuration. It lives in the
# folder and in a mount namespace of its own, so that nothing stays mounted
# however this ends; the folder is removed at the end.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '\n== %s\n' "$*"; }
die() {
    printf 'fresh-debian: %s\n' "$*" >&2
    exit 1
}

[ "$(id -u)" -eq 0 ] || die "needs root"
command -v debootstrap >/dev/null || die "needs the Debian package debootstrap"
if [ "${TENON_FRESH:-}" != inside ]; then
    TENON_FRESH=inside exec unshare --mount --propagation private "$0" "$@"
fi

root=${1:-$(mktemp -d /var/tmp/fresh-debian.XXXXXX)}
mkdir -p "$root"
chmod 755 "$root" # apt downloads as a user of its own

# The mounts end with the namespace; without them rm sees only the folder.
clean_up() {
    umount -R "$root/proc" "$root/dev" 2>/dev/null || true
    rm -rf --one-file-system "$root"
}
trap clean_up EXIT

mirror_of_this_machine() {
    # shellcheck disable=SC2016  # apt expands it
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' \
        'Codename: bookworm' 'Component: main' | head -n 1
}

# What this machine needs to reach packages, the new one needs too.
copy_network_settings() {
    rm -f "$root/etc/apt/sources.list"
    cp -a /etc/apt/sources.list* "$root/etc/apt/"
    apt-config dump Acquire >"$root/etc/apt/apt.conf.d/90network"
    cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
    mkdir -p "$root/etc/ssl/certs"
    cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/network.crt"
    npm_registry=$(npm config get registry 2>/dev/null || true)
}

# inside [NETWORK] COMMAND: as root of the new system, with nothing of this
# machine's environment.
inside() {
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM="${TERM:-dumb}" \
        LC_ALL=C.UTF-8 NODE_EXTRA_CA_CERTS=/etc/ssl/certs/network.crt \
        npm_config_cafile=/etc/ssl/certs/network.crt \
        ${npm_registry:+npm_config_registry="$npm_registry"} \
        chroot "$root" bash -c "$1"
}

# The same with a loopback interface and nothing else.
inside_offline() {
    export -f inside
    export root npm_registry
    unshare --net bash -c 'ip link set lo up && inside "$1"' bash "$1"
}

mirror=$(mirror_of_this_machine)
[ -n "$mirror" ] || die "apt knows no mirror for bookworm; run apt-get update"
say "making a bare Debian 12 in $root"
debootstrap --variant=minbase bookworm "$root" "$mirror" >"$root.log" 2>&1 || {
    tail "$root.log"
    die "debootstrap failed"
}
rm -f "$root.log"
copy_network_settings
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
git clone --quiet . "$root/tenon"

# Starts the demo, asks it for three tasks, and ends it.
demo='
    cd /tenon
    ./dev run >/tmp/run.log 2>&1 &
    dev=$!
    for _ in $(seq 600); do
        grep -q "a wrong name" /tmp/run.log && break
        kill -0 $dev 2>/dev/null || break
        sleep 0.2
    done
    cat /tmp/run.log
    curl -sS "http://127.0.0.1:54321/rest/v1/tasks?select=id,title&limit=3"
    code=$?
    kill $dev && wait $dev
    exit $code'

say "./dev test"
time inside 'cd /tenon && ./dev test'
say "./dev run"
time inside "$demo"
say "./dev test, from nothing built and without network"
time inside_offline 'cd /tenon && rm -rf build && ./dev test'
say "./dev run, without network"
time inside_offline "$demo"
say "a fresh Debian 12 tests and serves this checkout"
