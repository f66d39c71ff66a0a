#!/bin/sh
# Measures the server against the bare database, on PostgreSQL and on SQLite. The table is printed and kept in target/bench/report.md.
#
#   bench/run.sh              referrals and directory, 20 000 and 200 000 of each, 10 seconds an operation (about 45 minutes)
#   bench/run.sh directory    the directory alone
#   bench/run.sh referrals    the referrals alone
#   bench/run.sh quick …      20 000 of each, 3 seconds an operation
#
# RELAIS_BENCH_PLACES names a table of a country's communes (columns as demo/places.csv, plain or packed by gzip): services are then
# spread over them and loading it is timed. Without it the places of the demo serve.
# PostgreSQL is a private one with fsync and synchronous_commit on; it and everything else ends with this script.
# RELAIS_BIN and RELAIS_BENCH_BIN name programs that are built already; RELAIS_BENCH_DBS="postgres" or "sqlite" measures one database;
# SECONDS_EACH, SIZES, SERVICES and ARCHIVED (legs beside 2 000 open ones, and what is exported) change the length and the sizes. SQLite needs the statements that PostgreSQL's log tells: they are kept.
set -eu
umask 022
cd "$(dirname -- "$0")/.."
root=$PWD

seconds=${SECONDS_EACH:-10} sizes=${SIZES:-"20000 200000"} services_sizes=${SERVICES:-"20000 200000"} archived=${ARCHIVED:-198000}
if [ "${1:-}" = quick ]; then
  seconds=${SECONDS_EACH:-3} sizes=${SIZES:-20000} services_sizes=${SERVICES:-20000} archived=${ARCHIVED:-18000}
  shift
fi
case ${1:-} in
referrals | directory) parts=$1 ;;
'') parts="referrals directory" ;;
*)
  echo "usage: $0 [quick] [referrals|directory]" >&2
  exit 2
  ;;
esac
national=
if [ -n "${RELAIS_BENCH_PLACES:-}" ]; then
  national=$(readlink -f -- "$RELAIS_BENCH_PLACES")
  [ -r "$national" ] || {
    echo "bench: $RELAIS_BENCH_PLACES cannot be read" >&2
    exit 2
  }
fi
dbs=${RELAIS_BENCH_DBS:-"postgres sqlite"}

target=${CARGO_TARGET_DIR:-target}
if [ -z "${RELAIS_BIN:-}" ] || [ -z "${RELAIS_BENCH_BIN:-}" ]; then
  "${CARGO:-cargo}" build --release -p relais-server -p relais-bench
fi
relais=${RELAIS_BIN:-$target/release/relais}
bench=${RELAIS_BENCH_BIN:-$target/release/relais-bench}
out=$root/target/bench
results=$out/results.jsonl
recipe=$out/recipe.json
directory_recipe=$out/recipe-directory.json
mkdir -p "$out"
: >"$results"

say() { printf 'bench: %s\n' "$*" >&2; }
fail() {
  say "$*"
  exit 1
}

work=$(mktemp -d /tmp/relais-bench.XXXXXX)
chmod 755 "$work"
server=
pg_bin=
pg_user=
stop_server() {
  if [ -n "$server" ]; then
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
  fi
}
as_pg() {
  if [ "$(id -u)" -ne 0 ]; then
    (cd / && exec "$@")
  else
    (cd / && exec runuser -u "$pg_user" -- "$@")
  fi
}
stop_all() {
  stop_server
  if [ -n "$pg_bin" ] && [ -f "$work/pg/data/postmaster.pid" ]; then
    as_pg "$pg_bin/pg_ctl" -D "$work/pg/data" -m fast -w -t 60 stop >/dev/null 2>&1 </dev/null || true
  fi
  rm -rf -- "$work"
}
trap 'stop_all' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# A private PostgreSQL that keeps what it promised: fsync and synchronous_commit are on.
start_postgres() {
  named=$(command -v initdb 2>/dev/null || true)
  if [ -n "$named" ]; then
    pg_bin=$(dirname -- "$(readlink -f -- "$named")")
  else
    for version in 19 18 17 16 15 14 13; do
      for dir in "/usr/lib/postgresql/$version/bin" "/usr/pgsql-$version/bin"; do
        if [ -z "$pg_bin" ] && [ -x "$dir/initdb" ]; then
          pg_bin=$dir
        fi
      done
    done
  fi
  [ -n "$pg_bin" ] || fail "no initdb found: install PostgreSQL (Debian: postgresql and postgresql-contrib), or RELAIS_BENCH_DBS=sqlite"
  pgbench=$(command -v pgbench || printf '%s' "$pg_bin/pgbench")
  pg_user=$(id -un)
  if [ "$(id -u)" -eq 0 ]; then
    pg_user=
    for name in postgres relais-pg; do
      if [ -z "$pg_user" ] && id "$name" >/dev/null 2>&1; then
        pg_user=$name
      fi
    done
    [ -n "$pg_user" ] || fail "PostgreSQL refuses to run as root, and there is no account postgres to borrow"
  fi
  mkdir "$work/pg"
  [ "$(id -u)" -ne 0 ] || chown "$pg_user" "$work/pg"
  as_pg "$pg_bin/initdb" -D "$work/pg/data" -U relais -A trust -E UTF8 --locale=C >"$work/initdb.log" 2>&1 </dev/null || {
    cat "$work/initdb.log" >&2
    fail "initdb failed"
  }
  cat >>"$work/pg/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$work/pg'
max_connections = 100
fsync = on
synchronous_commit = on
full_page_writes = on
shared_buffers = '512MB'
max_wal_size = '4GB'
checkpoint_timeout = '30min'
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_line_prefix = '@@%a|%p@@ '
CONF
  port=55000
  until as_pg "$pg_bin/pg_ctl" -D "$work/pg/data" -l "$work/pg/log" -o "-p$port" -w -t 60 start >/dev/null 2>&1 </dev/null; do
    port=$((port + 1))
    if [ "$port" -gt 55099 ] || ! grep -q -i -e 'in use' -e 'could not bind' "$work/pg/log" 2>/dev/null; then
      tail -n 20 "$work/pg/log" >&2
      fail "PostgreSQL did not start"
    fi
    as_pg rm -f "$work/pg/log"
  done
  pg_url=postgres://relais@127.0.0.1:$port
  say "$("$pg_bin/postgres" --version) on 127.0.0.1:$port"
}

# The server's settings; RELAIS_* of the caller's environment do not count.
for name in $(env | sed -n 's/^\(RELAIS_[A-Z_]*\)=.*/\1/p'); do
  unset "$name"
done
RELAIS_SANDBOX=true
RELAIS_LIMITS=off
RELAIS_LOG=error
RELAIS_MASTER_KEY=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
# Tokens name their issuer: it stays the same while the port changes.
RELAIS_PUBLIC_URL=http://127.0.0.1:8080
export RELAIS_SANDBOX RELAIS_LIMITS RELAIS_LOG RELAIS_MASTER_KEY RELAIS_PUBLIC_URL

# Sets $server, $base and $ready_ms.
start_server() {
  "$bench" free-port >"$work/port"
  RELAIS_BIND=127.0.0.1:$(cat "$work/port")
  export RELAIS_BIND
  base=http://$RELAIS_BIND
  begun=$(date +%s%N)
  "$relais" serve >"$work/server.log" 2>&1 &
  server=$!
  "$bench" ready --base "$base" || {
    tail -n 20 "$work/server.log" >&2
    fail "the server did not start"
  }
  ready_ms=$((($(date +%s%N) - begun) / 1000000))
}
rss_of_server() { awk '/^VmRSS:/ { print $2 }' "/proc/$server/status"; }

# measure <operation> <options…>: the server, then the same statements without it. $of is the size that the report names.
measure() {
  op=$1
  shift
  say "$db, $of: $op"
  "$bench" load --base "$base" --demo "$work/demo.json" --op "$op" --connections 16 --seconds "$seconds" --label "db=$db" \
    --label "$of" "$@" >"$work/line"
  sed "s/}\$/,\"rss_kb\":$(rss_of_server)}/" "$work/line" >>"$results"
  # Mails and seals that are still to be made would run beside what is measured next.
  "$bench" calm --database-url "$DATABASE_URL"
}
compare() {
  op=$1
  shift
  "$bench" bare --database-url "$DATABASE_URL" --demo "$work/demo.json" --recipe "$recipe" --op "$op" --seconds "$seconds" \
    --clients 16 --pgbench "${pgbench:-pgbench}" --folder "$out" --label "db=$db" --label "$of" "$@" >>"$results" ||
    say "$op: no comparison"
}
drop_database() {
  if [ "$db" = postgres ]; then
    as_pg "$pg_bin/dropdb" -h 127.0.0.1 -p "$port" -U relais "$1"
  fi
  rm -rf -- "$RELAIS_DATA_DIR"
}
# measure_taken <operation> <first of the pool>: acts of which each takes a referral of its own, half here, half in `compare_taken`.
measure_taken() {
  "$bench" ids --database-url "$DATABASE_URL" --demo "$work/demo.json" --pool-from "$2" --count "$pool" >"$work/pool"
  measure "$1" --ids "$work/pool" --warm-up 0
}
compare_taken() { compare "$1" --pool-from $(($2 + pool)) --pool-count "$pool"; }

# make_database <name>: an empty one with the demo in it. Sets $RELAIS_DATA_DIR and $DATABASE_URL.
make_database() {
  RELAIS_DATA_DIR=$work/$db-$1
  mkdir -p "$RELAIS_DATA_DIR"
  if [ "$db" = postgres ]; then
    as_pg "$pg_bin/createdb" -h 127.0.0.1 -p "$port" -U relais "$1"
    DATABASE_URL=$pg_url/$1
  else
    DATABASE_URL=sqlite:$RELAIS_DATA_DIR/relais.db
  fi
  export RELAIS_DATA_DIR DATABASE_URL
  "$relais" migrate >/dev/null
  "$relais" demo --json >"$work/demo.json"
}

# Each database from empty: migrate, demo, (idle), fill, measure.
measure_all() {
  of=referrals=$size
  make_database "bench_$size"
  if [ "$size" = "${sizes%% *}" ]; then
    start_server
    sleep 3
    printf '{"kind":"idle","db":"%s","ready_ms":%s,"rss_kb":%s}\n' "$db" "$ready_ms" "$(rss_of_server)" >>"$results"
    stop_server
  fi
  set -- --database-url "$DATABASE_URL" --demo "$work/demo.json"
  "$bench" fill "$@" --referrals "$size"
  # The first of the pool are for the capture; then a part to load and a part to compare with.
  pool=$((seconds * 3000))
  if [ "$db" = postgres ] && [ "$size" = "${sizes%% *}" ]; then
    "$bench" pool "$@" --from 0 --count 64
    RELAIS_WORKER=false
    export RELAIS_WORKER
    start_server
    unset RELAIS_WORKER
    "$bench" capture "$@" --log "$work/pg/log" --base "$base" --out "$recipe"
    stop_server
  fi
  "$bench" ids "$@" >"$work/ids"
  service=$("$bench" service "$@")
  start_server
  measure detail --ids "$work/ids"
  compare detail
  measure inbox
  compare inbox
  measure create_send --service "$service"
  accepts=1000 redirects=$((1000 + 2 * pool))
  "$bench" pool "$@" --from "$accepts" --count $((4 * pool))
  measure_taken accept "$accepts"
  measure_taken redirect "$redirects"
  measure login
  # The store's folder is on the same disk as the databases; files are judged by the worker while others come in.
  measure upload --warm-up 0
  # The worker must not deliver what the scripts enqueue: they come when the server is gone.
  stop_server
  compare create_send
  compare_taken accept "$accepts"
  compare_taken redirect "$redirects"
  drop_database "bench_$size"
}

# What a large archive costs the open boxes, and a list that is taken out whole: beside $archived ended legs, and beside none.
measure_archive() {
  for ended in "$archived" 0; do
    of=archived=$ended
    make_database "bench_archive_$ended"
    "$bench" fill --database-url "$DATABASE_URL" --demo "$work/demo.json" --referrals $((ended + 2000)) --archived "$ended"
    start_server
    measure inbox
    measure inbox_counts
    if [ "$ended" -gt 0 ]; then
      say "$db, $of: export"
      "$bench" export --base "$base" --demo "$work/demo.json" --pid "$server" --label "db=$db" --label "$of" >>"$results"
    fi
    stop_server
    drop_database "bench_archive_$ended"
  done
}

. "$root/bench/directory.sh"
for db in $dbs; do
  if [ "$db" = postgres ]; then
    start_postgres
  fi
  for part in $parts; do
    if [ "$part" = directory ]; then
      [ -n "$national" ] || say "RELAIS_BENCH_PLACES is not set: the places of the demo serve, and loading a country is skipped"
      for services in $services_sizes; do
        measure_directory
      done
    else
      for size in $sizes; do
        measure_all
      done
      measure_archive
    fi
  done
done

{
  printf '# Measurements\n\n%s s an operation, 16 connections, %s cores. ' "$seconds" "$(nproc)"
  printf 'Columns are explained in bench/README.md.\n\n'
  "$bench" report --results "$results"
} | tee "$out/report.md"
