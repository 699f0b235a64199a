#!/bin/sh
# compile_header.sh <header> <cc> <c++> <clang> <clang++>: it must stand alone in every standard.
set -eu
header=$1
cc=$2
cxx=$3
shift 3
source="#include \"$header\"
#include \"$header\""
warnings='-Wall -Wextra -pedantic -Werror -fsyntax-only'
for compiler in "$cc" "$1"; do
  for standard in c99 c11 c17; do
    echo "$source" | $compiler -x c -std=$standard $warnings -
  done
done
for compiler in "$cxx" "$2"; do
  for standard in c++17 c++20; do
    echo "$source" | $compiler -x c++ -std=$standard $warnings -
  done
done
