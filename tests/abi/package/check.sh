#!/bin/sh
# check.sh <cmake> <build> <source> <work> <generator> <c++> <nm>: installs the SDK from <build>, and
# builds and checks the plugin in <source> against what was installed, with nothing of this tree.
set -eu
cmake=$1 build=$2 source=$3 work=$4 generator=$5 cxx=$6 nm=$7
rm -rf "$work"
"$cmake" --install "$build" --component sdk --prefix "$work/installed" > /dev/null
"$cmake" -S "$source" -B "$work/build" -G "$generator" -DCMAKE_CXX_COMPILER="$cxx" \
  -DCMAKE_PREFIX_PATH="$work/installed" > "$work/configure.log" 2>&1 || {
  cat "$work/configure.log"
  exit 1
}
"$cmake" --build "$work/build"
cd "$work/build"
"$(dirname "$cmake")/ctest" --output-on-failure
"$nm" -D --defined-only "$work/build/plugins/package-sink.so"
