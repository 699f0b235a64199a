#!/bin/sh
# damage.sh <good.so> <folder>: makes files there that are no plugins of this machine.
set -eu
good=$1
folder=$2
echo 'This is text.' > "$folder/no-elf.so"
head -c 40 "$good" > "$folder/cut-short.so"
# The machine's number is at byte 18: 0xB7 is AArch64, 0x3E x86-64.
cp "$good" "$folder/wrong-machine.so"
case $(uname -m) in
x86_64) other='\267' ;;
*) other='\076' ;;
esac
printf "$other" | dd of="$folder/wrong-machine.so" bs=1 seek=18 conv=notrunc status=none
