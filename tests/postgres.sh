#!/bin/sh
# A private, throw-away PostgreSQL for the tests. It listens on the loopback address only, lives under /tmp and keeps nothing.
#
#   tests/postgres.sh start   starts one (or finds the one it started before) and prints its URL
#   tests/postgres.sh url     prints the URL of the running one
#   tests/postgres.sh stop    stops the one it started and erases its data; no other server is touched
#
# Where it notes what it started: RELAIS_POSTGRES_STATE, by default target/postgres.
set -eu
umask 022

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
state=${RELAIS_POSTGRES_STATE:-$root/target/postgres}
first_port=54320
last_port=54999

say() { printf 'postgres: %s\n' "$*" >&2; }
fail() {
  say "$*"
  exit 1
}

is_root() { [ "$(id -u)" -eq 0 ]; }

# PostgreSQL refuses to run as root: root borrows an ordinary account.
server_user() {
  for name in postgres relais-pg; do
    if id "$name" >/dev/null 2>&1; then
      printf '%s\n' "$name"
      return
    fi
  done
  useradd --system --no-create-home --shell /bin/sh relais-pg >/dev/null 2>&1 ||
    adduser -S -D -H -s /bin/sh relais-pg >/dev/null 2>&1 ||
    fail "running as root, and no account could be made for the server; run as an ordinary user, or set RELAIS_TEST_POSTGRES"
  printf 'relais-pg\n'
}

# Runs a command as the account that owns the server, in a directory which that account can enter.
as_server() {
  user=$1
  shift
  if ! is_root; then
    (cd / && exec "$@")
  elif command -v runuser >/dev/null 2>&1; then
    (cd / && exec runuser -u "$user" -- "$@")
  else
    # Every argument is a path or an option of ours: none has a blank or a quote.
    (cd / && exec su -s /bin/sh "$user" -c "$*")
  fi
}

bin_dir_of() {
  [ -x "$1/initdb" ] && [ -x "$1/pg_ctl" ] && [ -x "$1/postgres" ]
}

# The folder of initdb, pg_ctl and postgres: what PATH names, else the newest of the usual places.
find_binaries() {
  named=$(command -v initdb 2>/dev/null || true)
  if [ -n "$named" ]; then
    named=$(dirname -- "$(readlink -f -- "$named" 2>/dev/null || printf '%s' "$named")")
    if bin_dir_of "$named"; then
      printf '%s\n' "$named"
      return
    fi
  fi
  for version in 19 18 17 16 15 14 13; do
    for dir in "/usr/lib/postgresql/$version/bin" "/usr/pgsql-$version/bin" "/opt/homebrew/opt/postgresql@$version/bin" \
      "/usr/local/opt/postgresql@$version/bin" "/usr/libexec/postgresql$version"; do
      if bin_dir_of "$dir"; then
        printf '%s\n' "$dir"
        return
      fi
    done
  done
  return 1
}

install_binaries() {
  if ! is_root || ! command -v apt-get >/dev/null 2>&1; then
    fail "no initdb, pg_ctl and postgres found in PATH or in /usr/lib/postgresql. Install PostgreSQL 13 or newer (Debian: apt-get install postgresql), or set RELAIS_TEST_POSTGRES to the URL of a server whose user may create databases."
  fi
  say "not installed; installing Debian's package"
  # The package would start a server of its own on port 5432, which nobody asked for.
  quiet=/etc/postgresql-common/createcluster.d/relais-tests.conf
  if [ ! -d /etc/postgresql-common ]; then
    mkdir -p "$(dirname "$quiet")"
    printf 'create_main_cluster = false\n' >"$quiet"
  fi
  {
    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends postgresql
  } >&2 </dev/null || {
    rm -f "$quiet"
    fail "apt-get could not install postgresql; install it by hand, or set RELAIS_TEST_POSTGRES"
  }
  rm -f "$quiet"
}

# Only a folder that `start` made is ever erased.
erase() {
  case $1 in
  /tmp/relais-pg.*) rm -rf -- "$1" ;;
  esac
}

noted() { cat "$state/$1" 2>/dev/null || true; }

# Is the process in the pid file of $base still the server that was started there? A number may have been given to another process since,
# and a killed server may linger as a zombie: a live one works in its data folder.
is_alive() {
  [ -n "$base" ] && [ -f "$base/data/postmaster.pid" ] || return 1
  pid=$(sed -n 1p "$base/data/postmaster.pid")
  [ -n "$pid" ] || return 1
  if [ -d /proc/self ]; then
    [ "$(as_server "$(noted user)" readlink "/proc/$pid/cwd" 2>/dev/null || true)" = "$base/data" ]
  else
    as_server "$(noted user)" kill -0 "$pid" 2>/dev/null
  fi
}

is_running() {
  base=$(noted base)
  [ -n "$(noted url)" ] && is_alive
}

forget() {
  base=$(noted base)
  if [ -n "$base" ]; then
    erase "$base"
  fi
  rm -f "$state/base" "$state/bin" "$state/user" "$state/url"
  rmdir "$state" 2>/dev/null || true
}

start() {
  if is_running; then
    cat "$state/url"
    return
  fi
  stop

  if ! bin=$(find_binaries); then
    install_binaries
    bin=$(find_binaries) || fail "the package is installed, but initdb is not where it should be"
  fi
  user=$(id -un 2>/dev/null || id -u)
  if is_root; then
    user=$(server_user)
    as_server "$user" test -x "$bin/postgres" || fail "the account $user cannot run $bin/postgres"
  fi

  # Under /tmp: the checkout may lie where the server's account cannot go, and a socket's path must be short.
  base=$(mktemp -d /tmp/relais-pg.XXXXXX)
  mkdir -p "$state"
  printf '%s\n' "$base" >"$state/base"
  printf '%s\n' "$bin" >"$state/bin"
  printf '%s\n' "$user" >"$state/user"
  if is_root; then
    chown "$user" "$base"
  fi
  trap 'stop' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP

  as_server "$user" "$bin/initdb" -D "$base/data" -U relais -A trust -E UTF8 --locale=C --no-sync >"$base/initdb.log" 2>&1 </dev/null || {
    cat "$base/initdb.log" >&2
    fail "initdb failed"
  }

  # Fast and forgetful: nothing here has to survive a power cut.
  cat >>"$base/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$base'
max_connections = 300
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = '2GB'
autovacuum = off
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
CONF

  port=$first_port
  until as_server "$user" "$bin/pg_ctl" -D "$base/data" -l "$base/log" -o "-p$port" -w -t 60 start >/dev/null 2>&1 </dev/null; do
    if ! grep -q -i -e 'address already in use' -e 'could not bind' "$base/log" 2>/dev/null; then
      cat "$base/log" >&2 2>/dev/null || true
      fail "the server did not start"
    fi
    port=$((port + 1))
    if [ "$port" -gt "$last_port" ]; then
      fail "no free port between $first_port and $last_port"
    fi
    as_server "$user" rm -f "$base/log"
  done

  printf 'postgres://relais@127.0.0.1:%s/postgres\n' "$port" >"$state/url"
  trap - EXIT INT TERM HUP
  say "started on 127.0.0.1:$port ($("$bin/postgres" --version))"
  cat "$state/url"
}

# Ends the server named by the pid file in the data folder that `start` made, and nothing else.
stop() {
  base=$(noted base)
  if is_alive; then
    for how in fast immediate; do
      as_server "$(noted user)" "$(noted bin)/pg_ctl" -D "$base/data" -m "$how" -w -t 20 stop >/dev/null 2>&1 </dev/null && break
    done
    if is_alive; then
      fail "the server in $base does not stop"
    fi
  fi
  forget
}

case ${1:-} in
start) start ;;
stop) stop ;;
url)
  is_running || fail "not running; start it with: $0 start"
  cat "$state/url"
  ;;
*)
  printf 'usage: %s start|stop|url\n' "$0" >&2
  exit 2
  ;;
esac
