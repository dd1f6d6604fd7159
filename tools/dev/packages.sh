# Finds out which Debian and npm packages are missing and installs them. Asks
# the network only when something is missing. Sourced by ./dev.

BUILD_PACKAGES=(gcc libc6-dev cmake ninja-build pkg-config libuv1-dev
    libsqlite3-dev libpcre2-dev libpq-dev libssl-dev libdeflate-dev
    libbrotli-dev libcurl4-openssl-dev libluajit-5.1-dev)
TEST_PACKAGES=(libcmocka-dev curl libpq5 libssl3 openssl postgresql
    pgtap)

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
    local log=build/packages.log with=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null ||
            die "not root and no sudo; as root, run: apt-get install $*"
        with=(sudo)
    fi
    [[ " $* " != *" postgresql "* ]] || no_system_server "${with[@]}"
    with+=(env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 apt-get)
    mkdir -p build
    say "installing Debian packages: $*"
    say "  with: ${with[*]} (log: $log)"
    # The first try fails at once when the machine has no package lists yet.
    # sudo asks on the terminal, whatever is redirected.
    {
        "${with[@]}" install -y --no-install-recommends "$@" ||
            { "${with[@]}" update &&
                "${with[@]}" install -y --no-install-recommends "$@"; }
    } >"$log" 2>&1 ||
        die "could not install them: $(grep '^E: ' "$log" | tail -n 3)"
    touch build/packages-installed
}

# The package would also set up a server of the system and start it. Ours are
# private (tools/postgres), so unless somebody has decided, it does not.
no_system_server() {
    local settings=/etc/postgresql-common/createcluster.conf
    [ ! -e "$settings" ] || return 0
    "$@" mkdir -p "${settings%/*}"
    echo "create_main_cluster = off" | "$@" tee "$settings" >/dev/null
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
