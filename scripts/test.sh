#!/bin/sh
# Runs `cargo test` with the given arguments on both databases: SQLite, and the PostgreSQL that RELAIS_TEST_POSTGRES names.
# When nothing is named, a private one is started first and stopped at the end, whatever happens.
set -eu
cd "$(dirname -- "$0")/.."

if [ -z "${RELAIS_TEST_POSTGRES:-}" ]; then
  # One server per run: two runs in one checkout do not disturb each other. Servers of runs that were killed are stopped here.
  for left in target/postgres/run-*; do
    [ -d "$left" ] || continue
    kill -0 "${left##*-}" 2>/dev/null || RELAIS_POSTGRES_STATE="$PWD/$left" tests/postgres.sh stop || true
  done
  RELAIS_POSTGRES_STATE="$PWD/target/postgres/run-$$"
  export RELAIS_POSTGRES_STATE
  trap 'tests/postgres.sh stop' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  RELAIS_TEST_POSTGRES=$(tests/postgres.sh start)
  export RELAIS_TEST_POSTGRES
fi

"${CARGO:-cargo}" test "$@"
