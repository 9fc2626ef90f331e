#!/bin/bash
# Runs the demo: as root directly; as a plain user inside a user namespace, where one is root over networks of one's own.
# /run is a fresh tmpfs there, because `ip netns` and the lock of iptables write below it.
set -euo pipefail
shunt=$(realpath "$1")
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

if [ "$(id -u)" = 0 ]; then
    exec dotnet "$shunt" demo
fi
exec unshare --map-root-user --net --mount bash -c 'mount -t tmpfs tmpfs /run && exec dotnet "$1" demo' demo "$shunt"
