#!/bin/bash
# Publishes the agent as the image holds it: one self-contained file called shunt.
#
#   .ci/publish.sh ARCH AOT DIRECTORY      ARCH is amd64 or arm64; AOT is 1 to compile ahead of time, 0 not to
set -euo pipefail
arch=$1 aot=$2 into=$3

case "$arch" in
    amd64) rid=linux-x64 machine=x86_64 ;;
    arm64) rid=linux-arm64 machine=aarch64 ;;
    *) echo "publish: no image is made for the architecture \"$arch\" (set TARGETARCH to amd64 or arm64)" >&2; exit 1 ;;
esac

options=()
if [ "$aot" = 1 ]; then
    # Compiling ahead of time ends with the machine's own linker, which links for that machine only.
    if [ "$(uname -m)" != $machine ]; then
        echo "publish: AOT=1 cannot cross-compile: build for $arch on $arch, or with AOT=0" >&2
        exit 1
    fi
    if ! command -v clang >/dev/null && ! command -v gcc >/dev/null; then
        apt-get update -qq
        apt-get install -qq -y --no-install-recommends clang zlib1g-dev >/dev/null
    fi
    options+=(-p:ShuntAot=true)
fi

dotnet publish src/Proxy -p:PublishProfile=Image -r $rid -o "$into" -v q "${options[@]}"
