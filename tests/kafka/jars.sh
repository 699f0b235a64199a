#!/bin/bash
# Prints the folder that holds the pinned Apache Kafka jars, fetching them through Maven once:
#   <folder>/libs/*.jar                the class path of broker and Connect worker
#   <folder>/plugins/connect-file/     Connect's file connectors, for the worker's plugin.path
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${SLUICE_CACHE_DIR:-$HOME/.cache/sluice}
key=$(sha256sum "$here/pom.xml" | cut -c1-16)
home=$cache/kafka/$key

mkdir -p "$cache/kafka"
exec 9>"$cache/kafka.lock"
flock 9
if [ ! -e "$home/complete" ]; then
  rm -rf "$home"
  mkdir -p "$home/plugins/connect-file"
  echo "kafka: fetching Apache Kafka's jars (once)" >&2
  mvn -q -B -Dstyle.color=never -f "$here/pom.xml" dependency:copy-dependencies "-DoutputDirectory=$home/libs" \
    </dev/null >&2
  mv "$home"/libs/connect-file-*.jar "$home/plugins/connect-file/"
  touch "$home/complete"
fi
echo "$home"
