#!/bin/sh
# A message with the archive of the C library that is unpacked in a folder: `try.sh FOLDER`. What
# sends it is the archive's command line, a program over the shared library.
set -eu
program=$1/bin/partner-messaging
export PARTNER_MESSAGING_BASE_URL=http://127.0.0.1:8787 PARTNER_MESSAGING_API_KEY=sandbox-key

"$program" sandbox --inbox off > /dev/null &
trap 'kill "$!"' EXIT
tries=0
until "$program" balance; do
    tries=$((tries + 1))
    test "$tries" -lt 10
    sleep 1
done
"$program" send --channel SMS --to +6591234567 --content Hello
