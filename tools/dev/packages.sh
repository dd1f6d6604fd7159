# Finds out which Debian and npm packages are missing and installs them. Asks
# the network only when something is missing. Sourced by ./dev.

BUILD_PACKAGES=(gcc libc6-dev cmake ninja-build pkg-config libuv1-dev
    libsqlite3-dev)
TEST_PACKAGES=(libcmocka-dev)

is_installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# need_packages NAME...: installs those that are missing, saying which.
need_packages() {
    local missing=() name
    if ! command -v dpkg-query >/dev/null; then
        say "not a Debian system: expecting the likes of $* to be there"
        return
    fi
    for name in "$@"; do
        is_installed "$name" || missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
}

install_packages() {
    say "installing Debian packages: $*"
    # Fails at once when the machine has no package lists yet.
    as_root apt-get install -y --no-install-recommends "$@" ||
        { as_root apt-get update && as_root apt-get install -y \
            --no-install-recommends "$@"; } ||
        die "could not install: $*"
    mkdir -p build
    touch build/packages-installed
}

as_root() {
    local sudo=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            die "not root and no sudo; as root, run: $*"
        sudo=(sudo)
        say "running with sudo: $*"
    fi
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive "$@" >&2
}

# need_npm FOLDER: its node_modules are those of its lock file. Whoever has an
# npm of their own keeps it.
need_npm() {
    local lock="$1/package-lock.json" stamp="$1/node_modules/.installed" want
    want=$(sha256sum <"$lock")
    [ "$(cat "$stamp" 2>/dev/null)" != "$want" ] || return 0
    command -v npm >/dev/null || need_packages nodejs npm
    say "installing npm packages of $1: $(npm_names "$1")"
    (cd "$1" && npm ci --ignore-scripts --loglevel=error) >&2 ||
        die "npm ci failed in $1"
    printf '%s\n' "$want" >"$stamp"
}

npm_names() {
    grep -oE '^    "[^"]+": "[0-9][^"]*"' "$1/package.json" | tr -d ' "' |
        tr ':\n' '@ '
}
