#!/bin/sh
# Fuzzes a running server from its own OpenAPI document: no 5xx, no status that the document does not know.
#
#   scripts/schemathesis.sh short   one persona, a little over a minute (continuous integration)
#   scripts/schemathesis.sh full    nobody and four personas, about fifteen minutes (make proof)
#
# RELAIS_FUZZ_PERSONAS names fewer of them for the full run.
#
# Needs python3 with venv and pip; schemathesis itself is installed under target/. Without python3 it says so and fails:
# set RELAIS_FUZZ=skip to leave it out knowingly.
set -eu
cd "$(dirname -- "$0")/.."

case ${1:-short} in
short)
  personas="operator"
  seconds=75
  phases="examples,coverage,fuzzing"
  # The gate asks the same questions each time; new ones are the long run's business. One worker: CPython 3.11 may trip over its
  # own parser when several threads generate at once.
  steady="--seed 4711 --max-examples 20 --workers 1"
  ;;
full)
  personas=${RELAIS_FUZZ_PERSONAS:-"nobody prescriber operator admin platform_admin"}
  seconds=180
  phases="examples,coverage,fuzzing,stateful"
  # One worker here too: the reason stands above.
  steady="--workers 1"
  ;;
*)
  echo "usage: $0 short|full" >&2
  exit 2
  ;;
esac
if [ "${RELAIS_FUZZ:-}" = skip ]; then
  echo "schemathesis: NOT run (RELAIS_FUZZ=skip)" >&2
  exit 0
fi
command -v python3 >/dev/null 2>&1 || {
  echo "schemathesis: python3 is needed (with venv and pip); RELAIS_FUZZ=skip leaves fuzzing out" >&2
  exit 1
}

version=4.32.5
venv=$PWD/target/schemathesis-$version
if [ ! -x "$venv/bin/schemathesis" ]; then
  echo "schemathesis: installing $version under target/" >&2
  rm -rf "$venv"
  if ! python3 -m venv "$venv" || ! "$venv/bin/pip" install -q --disable-pip-version-check "schemathesis==$version"; then
    rm -rf "$venv"
    echo "schemathesis: could not be installed (python3-venv and access to PyPI are needed); RELAIS_FUZZ=skip leaves fuzzing out" >&2
    exit 1
  fi
fi

relais=${RELAIS_BIN:-}
if [ -z "$relais" ]; then
  "${CARGO:-cargo}" build -q -p relais-server --bin relais
  relais=${CARGO_TARGET_DIR:-target}/debug/relais
fi

work=$(mktemp -d)
server=
stop() {
  if [ -n "$server" ]; then
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap 'stop' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
RELAIS_BIND=127.0.0.1:$port
RELAIS_DATA_DIR=$work/data
RELAIS_SANDBOX=true
RELAIS_LIMITS=off
export RELAIS_BIND RELAIS_DATA_DIR RELAIS_SANDBOX RELAIS_LIMITS
unset DATABASE_URL
# Feeds are sent as lines and packed, which schemathesis has to be told how to write.
SCHEMATHESIS_HOOKS=schemathesis_media
PYTHONPATH=$PWD/scripts
PYTHONDONTWRITEBYTECODE=1
export SCHEMATHESIS_HOOKS PYTHONPATH PYTHONDONTWRITEBYTECODE
url=http://$RELAIS_BIND

"$relais" serve >"$work/server.log" 2>&1 &
server=$!
tries=0
until python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=2)' "$url/health/ready" >/dev/null 2>&1; do
  tries=$((tries + 1))
  if ! kill -0 "$server" 2>/dev/null || [ "$tries" -ge 100 ]; then
    echo "schemathesis: the server did not become ready" >&2
    tail -n 20 "$work/server.log" >&2
    exit 1
  fi
  sleep 0.2
done
"$relais" demo --json >"$work/demo.json"

# Nobody stays nobody: the tool would sign up by itself where the document says how.
cat >"$work/schemathesis.toml" <<'EOF'
[auth]
auto-signup = false
EOF

mkdir -p target/fuzz
failed=
for persona in $personas; do
  echo "schemathesis: as $persona" >&2
  set --
  if [ "$persona" != nobody ]; then
    token=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["personas"][sys.argv[2]]["token"])' "$work/demo.json" "$persona")
    set -- --header "Authorization: Bearer $token"
  fi
  # Left out: what would end the session that does the fuzzing, or empty the database under it.
  # It keeps its notes for `replay` in the current folder: target/fuzz.
  # shellcheck disable=SC2086
  (cd target/fuzz && exec "$venv/bin/schemathesis" --no-color --config-file "$work/schemathesis.toml" run "$url/openapi.json" "$@" \
    --checks "${RELAIS_FUZZ_CHECKS:-not_a_server_error,status_code_conformance}" \
    --exclude-path-regex '^/v1/(sandbox/(reset|clock)|auth/logout|me/(sessions|password|email|totp))' \
    --phases "$phases" --max-time "$seconds" --continue-on-failure --generation-database none \
    --suppress-health-check all --warnings off --request-timeout 30 $steady) >"$work/said" || {
    failed="$failed $persona"
    grep -a -E '^(_{4,}|- ST|    (Received|Documented):|\[[0-9]{3}\])' "$work/said" | cut -c 1-200 >>"$work/found" || true
  }
  # What it found comes first, in lines that a log can hold: a request that failed may be 100 kB long.
  cut -c 1-600 "$work/said"
  if ! kill -0 "$server" 2>/dev/null; then
    echo "schemathesis: the server died" >&2
    tail -n 50 "$work/server.log" >&2
    exit 1
  fi
done

if [ -n "$failed" ]; then
  cat "$work/found" >&2
  echo "schemathesis: failures as:$failed" >&2
  exit 1
fi
