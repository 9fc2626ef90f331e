#!/bin/bash
# Builds the container image; without a container engine performs the same publish step into artifacts/image.
set -euo pipefail
tag=$1

for engine in docker podman; do
    if command -v $engine >/dev/null && timeout 20 $engine info >/dev/null 2>&1; then
        $engine build -t "$tag" .
        $engine run --rm "$tag" --help >/dev/null
        echo "image: $tag, built by $engine; it starts"
        exit 0
    fi
done

echo "image: no container engine answers; publishing the image's files to artifacts/image instead"
rm -rf artifacts/image
dotnet publish src/Proxy -c Release -o artifacts/image -v q
artifacts/image/shunt --help >/dev/null
echo "image: artifacts/image/shunt starts"
