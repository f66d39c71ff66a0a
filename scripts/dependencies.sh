#!/bin/sh
# What may not be in the program. The first check needs nothing but cargo; the second is cargo-deny's whole policy (deny.toml).
set -eu
cd "$(dirname -- "$0")/.."
cargo=${CARGO:-cargo}

tree=$("$cargo" tree --workspace --edges normal,build,dev --prefix none --format '{p}')
second=$(printf '%s\n' "$tree" | grep -E '^(ring|rsa|openssl-sys|native-tls|actix-governor) ' | sort -u || true)
if [ -n "$second" ]; then
  printf 'dependencies: not allowed (see deny.toml for the reasons):\n%s\n' "$second" >&2
  exit 1
fi

if "$cargo" deny --version >/dev/null 2>&1; then
  "$cargo" deny check
else
  echo "dependencies: cargo-deny is not installed: licences, advisories and sources were NOT checked (cargo install cargo-deny --locked)" >&2
fi
