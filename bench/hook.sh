#!/usr/bin/env bash
# What a hook in Lua adds to a write; fails when a rule adds more than 5 us.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cmake --preset release >/dev/null
cmake --build --preset release --target bench_hook >/dev/null
build/release/bench/bench_hook
