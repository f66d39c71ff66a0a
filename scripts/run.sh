#!/bin/sh
# What `make run` does after the build: the server on SQLite in ./data, sandbox on, the demo in it. Ctrl-C stops it.
set -eu
cd "$(dirname -- "$0")/.."

relais=${RELAIS_BIN:-target/quick/relais}
RELAIS_BIND=${RELAIS_BIND:-127.0.0.1:8080}
RELAIS_DATA_DIR=${RELAIS_DATA_DIR:-./data}
RELAIS_SANDBOX=true
export RELAIS_BIND RELAIS_DATA_DIR RELAIS_SANDBOX
# A trial never touches the database of something real.
unset DATABASE_URL

url=http://$RELAIS_BIND
log=$RELAIS_DATA_DIR/server.log
env_file=$RELAIS_DATA_DIR/demo.env
mkdir -p "$RELAIS_DATA_DIR"

is_ready() {
  if command -v curl >/dev/null 2>&1; then
    curl -fsS -o /dev/null --max-time 2 "$url/health/ready" 2>/dev/null
  else
    "$relais" health >/dev/null 2>&1
  fi
}

if is_ready; then
  echo "Something already answers at $url. Stop it first, or choose another address: RELAIS_BIND=127.0.0.1:8081 make run" >&2
  exit 1
fi

"$relais" serve >"$log" 2>&1 &
server=$!

# Graceful: the server stops being ready, finishes what it has begun, and goes.
stop() {
  trap '' INT TERM
  kill -TERM "$server" 2>/dev/null || true
  wait "$server" 2>/dev/null || true
}
trap 'stop; echo; echo "Stopped. Everything is kept in $RELAIS_DATA_DIR; make clean-data erases it."; exit 0' INT TERM
trap 'stop' EXIT

tries=0
until is_ready; do
  tries=$((tries + 1))
  if ! kill -0 "$server" 2>/dev/null || [ "$tries" -ge 100 ]; then
    echo "The server did not become ready. Its last lines ($log):" >&2
    tail -n 20 "$log" >&2
    exit 1
  fi
  sleep 0.2
done

# Tokens as shell variables: {"personas": {"prescriber": {…, "token": "…"}}} becomes PRESCRIBER_TOKEN='…'.
# shellcheck disable=SC2020
(
  umask 077
  rm -f "$env_file"
  {
    printf "RELAIS='%s'\n" "$url"
    "$relais" demo --json | tr '{},\n' '\n\n\n ' | awk '
      /^[ ]*"[a-z0-9_]+"[ ]*:[ ]*$/ { split($0, part, "\""); persona = toupper(part[2]) }
      /^[ ]*"token"[ ]*:/ && persona != "" { split($0, part, "\""); printf "%s_TOKEN=\047%s\047\n", persona, part[4] }'
  } >"$env_file"
)

"$relais" demo
cat <<TEXT

The tokens are in $env_file as shell variables. In another terminal:   . $env_file
The explorer of the whole API:   $url/docs
The server writes to $log. Ctrl-C stops it.
TEXT

# If the server ends by itself, say so and fail.
wait "$server" || {
  echo "The server ended. Its last lines ($log):" >&2
  tail -n 20 "$log" >&2
  exit 1
}
