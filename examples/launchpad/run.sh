#!/usr/bin/env bash
# Serves the demo: makes the database, starts tenon, fills it through the REST
# interface when it is empty, and prints a few requests to try.
#
#     run.sh BUILD [DATA [serve options]]      build/release, build/launchpad
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$1
data=${2:-build/launchpad}
shift $(($# > 1 ? 2 : 1))
tenon="$build/tenon"
app=(--schema "$here/schema.prisma" --database "file:$data/launchpad.db")
server=

say() { printf '%s\n' "$*"; }

stop() {
    trap - EXIT INT TERM
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    [ -z "$server" ] || wait "$server" || true
}

# Waits until the server says where it listens; sets url.
start() {
    : >"$data/serve.log"
    "$tenon" serve "${app[@]}" "$@" >"$data/serve.log" 2>&1 &
    server=$!
    for _ in $(seq 200); do
        url=$(grep -oE 'listening on http://[^ "]+' "$data/serve.log" |
            head -n 1 | cut -d ' ' -f 3) || true
        [ -z "$url" ] || return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.02
    done
    cat "$data/serve.log" >&2
    exit 1
}

# The bulk inserts of launchpad_seed, in order, each row acknowledged.
seed() {
    local rows file table last="" total at=0
    rows="$data/rows"
    rm -rf "$rows"
    mkdir -p "$rows"
    "$build/launchpad_seed" "$rows"
    total=$(find "$rows" -name '*.json' | wc -l)
    for file in "$rows"/*.json; do
        table=$(basename "$file" | sed -E 's/^[0-9]+-(.*)-[0-9]+\.json$/\1/')
        at=$((at + 1))
        if [ -t 1 ]; then
            printf '\rseeding %3d %%  %-14s' $((at * 100 / total)) "$table"
        elif [ "$table" != "$last" ]; then
            say "seeding $table"
        fi
        last=$table
        curl -sS --fail-with-body -X POST -H 'Content-Type: application/json' \
            --data-binary "@$file" "$url/rest/v1/$table" >"$data/reply" || {
            say "" "could not insert into $table:"
            cat "$data/reply"
            exit 1
        }
    done
    [ ! -t 1 ] || printf '\r%40s\r' ''
    rm -rf "$rows" "$data/reply"
}

count_of() {
    curl -sS -I -H 'Prefer: count=exact' "$url/rest/v1/$1" |
        tr -d '\r' | sed -nE 's|^content-range: .*/||Ip'
}

print_requests() {
    cat <<REQUESTS

Launchpad is served on $url  (Ctrl-C ends it)

  three urgent tasks, the first due first:
    curl '$url/rest/v1/tasks?select=id,title,due_at&priority=eq.URGENT&status=in.(TODO,IN_PROGRESS)&order=due_at&limit=3'

  how many tasks are open, without fetching them:
    curl -I -H 'Prefer: count=exact' '$url/rest/v1/tasks?status=not.in.(DONE,CANCELLED)'

  a new comment, handed back with what was filled in:
    curl -H 'Content-Type: application/json' -H 'Prefer: return=representation' -d '{"task_id":1,"author_id":"$author","body":"Hello from curl"}' '$url/rest/v1/comments'

  one task taken up:
    curl -X PATCH -H 'Content-Type: application/json' -H 'Prefer: return=representation' -d '{"status":"IN_PROGRESS"}' '$url/rest/v1/tasks?id=eq.10000&select=id,title,status'

  a wrong name, and what is said about it:
    curl '$url/rest/v1/tasks?select=titel'

REQUESTS
}

mkdir -p "$data"
"$tenon" push "${app[@]}"
trap stop EXIT INT TERM
start "$@"
[ "$(count_of comments)" -gt 0 ] || seed
say "$(count_of organizations) organizations, $(count_of projects) projects," \
    "$(count_of tasks) tasks, $(count_of comments) comments"
author=$(curl -sS "$url/rest/v1/people?select=id&order=email&limit=1" | cut -d '"' -f 4)
print_requests
wait "$server"
