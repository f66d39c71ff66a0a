#!/bin/sh
# The committed contract must be what the program generates: nothing changed, nothing new.
set -eu
cd "$(dirname -- "$0")/.."

explain() {
  echo "contract: openapi/ is not what the program generates. Look at the difference; if it is meant, commit it." >&2
  exit 1
}
git rev-parse --is-inside-work-tree >/dev/null || {
  echo "contract: this compares with what is committed, so it needs a git checkout" >&2
  exit 1
}
git --no-pager diff --exit-code --stat -- openapi || explain
new=$(git ls-files --others --exclude-standard -- openapi)
if [ -n "$new" ]; then
  printf 'contract: not committed yet:\n%s\n' "$new" >&2
  explain
fi
echo "contract: openapi/ is up to date"
