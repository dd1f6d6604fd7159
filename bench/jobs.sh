#!/usr/bin/env bash
# How many jobs that do nothing go through the queue: bench/jobs.sh [COUNT]
#
# On SQLite, and on PostgreSQL where ./dev can start one. Measures the release
# build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cmake --preset release >/dev/null
cmake --build --preset release --target tenon bench_jobs >/dev/null

count=${1:-50000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

measure() {
    build/release/tenon push --schema bench/item.prisma --database "$1" >/dev/null
    build/release/bench/bench_jobs bench/item.prisma "$1" "$2"
}

echo "SQLite"
measure "file:$folder/app.db" "$count"
echo "PostgreSQL"
export -f measure
tools/postgres run -- bash -c 'measure "$TENON_TEST_POSTGRES" "$0"' "$((count / 5))"
