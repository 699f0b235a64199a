#!/bin/bash
# Prints the folder that holds the pinned REST clients of others, fetched through npm and pip once:
#   <folder>/node_modules/       the npm package kafka-connect-client
#   <folder>/python/             the Python package kafka-connect-py
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${SLUICE_CACHE_DIR:-$HOME/.cache/sluice}
key=$(cat "$here/package-lock.json" "$here/requirements.txt" | sha256sum | cut -c1-16)
home=$cache/rest-clients/$key

mkdir -p "$cache/rest-clients"
exec 9>"$cache/rest-clients.lock"
flock 9
if [ ! -e "$home/complete" ]; then
  rm -rf "$home"
  mkdir -p "$home"
  echo "rest: fetching kafka-connect-client and kafka-connect-py (once)" >&2
  cp "$here/package.json" "$here/package-lock.json" "$home"
  (cd "$home" && npm ci --silent --ignore-scripts --no-audit --no-fund </dev/null >&2)
  /usr/bin/python3 -m pip install -q --disable-pip-version-check --root-user-action=ignore \
    --require-hashes --only-binary :all: --target "$home/python" -r "$here/requirements.txt" \
    </dev/null >&2
  touch "$home/complete"
fi
echo "$home"
