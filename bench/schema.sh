#!/usr/bin/env bash
# How fast schemas load: bench/schema.sh [FILE OR FOLDER...]
#
# Without arguments, the examples and, where it is there, ../shared/corpus.
# Measures the release build, best of a hundred rounds each.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cmake --preset release >/dev/null
cmake --build --preset release --target bench_schema >/dev/null

[ $# -gt 0 ] || set -- examples ../shared/corpus
for place in "$@"; do
    [ -e "$place" ] || continue
    find "$place" -name '*.prisma' -size +0 | sort
done | while read -r file; do
    build/release/bench/bench_schema "$file"
done
