#!/bin/bash
# Brings a bare Debian or Ubuntu machine, with nothing on it but the .NET SDK, to where the tests and the demo can run.
# Installs what is missing when it may; otherwise says what is missing and lets the caller go on: tests that need it are skipped.
#
#   .ci/install.sh           for tests and lint
#   .ci/install.sh demo      for the demo only; fails when something is missing
#   .ci/install.sh image     for the image without a container engine; fails when something is missing
set -euo pipefail

# program:package, in the order a reader asks for them
case "${1:-test}" in
    demo) wanted="ip:iproute2 iptables:iptables iptables-restore:iptables unshare:util-linux mount:mount" ;;
    image) wanted="ip:iproute2 iptables:iptables unshare:util-linux setpriv:util-linux mount:mount python3:python3 readelf:binutils mmdebstrap:mmdebstrap tar:tar" ;;
    *) wanted="ip:iproute2 iptables:iptables nfacct:nfacct nft:nftables unshare:util-linux setpriv:util-linux mount:mount python3:python3 promtool:prometheus git:git make:make kubectl:kubernetes-client" ;;
esac

PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

missing() {
    local pair
    for pair in $wanted; do
        command -v "${pair%%:*}" >/dev/null || echo "${pair##*:}"
    done | sort -u
}

if ! command -v dotnet >/dev/null; then
    echo "install: dotnet is missing: install the .NET 10 SDK (https://dot.net/download)" >&2
    exit 1
fi

packages=$(missing)
if [ -n "$packages" ]; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "install: $(echo $packages)" >&2
        export DEBIAN_FRONTEND=noninteractive
        # A stale or unreachable index is no reason to stop: what is missing afterwards is named below.
        { apt-get update -qq && apt-get install -qq -y --no-install-recommends $packages; } >/dev/null </dev/null || true
        packages=$(missing)
    fi
fi

if [ -n "$packages" ]; then
    echo "install: missing and not installed: $(echo $packages)" >&2
    [ "${1:-test}" = test ] || exit 1
fi
