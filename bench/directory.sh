# The directory's part of bench/run.sh, which reads this file.

# measure_search <operation>: the server alone.
measure_search() {
  op=$1
  say "$db, $services services: $op"
  "$bench" load --base "$base" --demo "$work/demo.json" --op "$op" --connections 16 --seconds "$seconds" --places "$places" \
    --services "$services" --label "db=$db" --label "services=$services" >"$work/line"
  sed "s/}\$/,\"rss_kb\":$(rss_of_server)}/" "$work/line" >>"$results"
}

# time_import <name> <file or folder…>: a run of `relais import`.
time_import() {
  name=$1 imported=$2
  shift 2
  say "$db: $name"
  "$bench" timed --name "$name" --label "db=$db" --label "services=$services" --label "imported=$imported" -- \
    "$relais" import "$@" --json >>"$results"
}

# Starts the server, waits until search answers, and writes down how long the index took and what it costs. Sets $server and $base.
start_and_build() {
  RELAIS_LOG=error,relais_app::directory::search=info
  start_server
  RELAIS_LOG=error
  warming=$("$bench" searching --base "$base")
  searching_ms=$((($(date +%s%N) - begun) / 1000000))
  # The log's line is written by a thread of its own.
  build_ms=
  tries=0
  while [ -z "$build_ms" ] && [ "$tries" -lt 50 ]; do
    build_ms=$(sed -n 's/.*search is ready.* milliseconds=\([0-9]*\).*/\1/p' "$work/server.log" | head -n 1)
    tries=$((tries + 1))
    [ -n "$build_ms" ] || sleep 0.1
  done
  [ -n "$build_ms" ] || fail "the server did not say how long the index took"
  # The allocator gives what the build has freed back a second later.
  sleep 3
  printf '{"kind":"build","db":"%s","services":"%s","ready_ms":%s,"searching_ms":%s,"warming":%s,"build_ms":%s,"rss_kb":%s}\n' \
    "$db" "$services" "$ready_ms" "$searching_ms" "$warming" "$build_ms" "$(rss_of_server)" >>"$results"
}

# Each database from empty: migrate, demo, places, a feed twice, copies, measure.
measure_directory() {
  make_database "directory_$services"
  places=${national:-$root/demo/places.csv}
  if [ -n "$national" ]; then
    time_import places_first - places "$places"
    time_import places_second - places "$places"
  fi
  # More than that are copied: an import is measured at one size.
  feed=$services
  [ "$feed" -le 20000 ] || feed=20000
  "$bench" directory-fill --places "$places" --services "$feed" --until "$(date +%F)" --folder "$work/feed"
  time_import import_first "$feed" services "$work/feed/structures.ndjson" "$work/feed/services.ndjson"
  time_import import_second "$feed" services "$work/feed/structures.ndjson" "$work/feed/services.ndjson"
  "$bench" directory-copies --database-url "$DATABASE_URL" --places "$places" --services "$services"
  # What the imports enqueued is done and sealed before anything is captured or measured.
  start_server
  "$bench" calm --database-url "$DATABASE_URL"
  stop_server
  if [ "$db" = postgres ] && [ "$services" = "${services_sizes%% *}" ]; then
    RELAIS_WORKER=false
    export RELAIS_WORKER
    start_server
    unset RELAIS_WORKER
    "$bench" capture --database-url "$DATABASE_URL" --demo "$work/demo.json" --log "$work/pg/log" --base "$base" \
      --ops service_detail --out "$directory_recipe"
    stop_server
  fi
  start_and_build
  for op in search_near search_facets search_typo search_text service_detail hsds_page place_complete; do
    measure_search "$op"
  done
  stop_server
  "$bench" bare --database-url "$DATABASE_URL" --demo "$work/demo.json" --recipe "$directory_recipe" --op service_detail \
    --seconds "$seconds" --clients 16 --pgbench "${pgbench:-pgbench}" --folder "$out" --label "db=$db" --label "services=$services" \
    >>"$results" || say "service_detail: no comparison"
  if [ "$db" = postgres ]; then
    as_pg "$pg_bin/dropdb" -h 127.0.0.1 -p "$port" -U relais "directory_$services"
  fi
  rm -rf -- "$RELAIS_DATA_DIR" "$work/feed"
}
