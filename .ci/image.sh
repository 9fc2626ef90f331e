#!/bin/bash
# Builds the container image. Without a container engine it performs the Dockerfile line by line into artifacts/image, and runs what comes
# out as the DaemonSet would. AOT=1 in the environment compiles ahead of time.
set -euo pipefail
tag=$1
aot=${AOT:-0}

for engine in docker podman; do
    if command -v $engine >/dev/null && timeout 20 $engine info >/dev/null 2>&1; then
        DOCKER_BUILDKIT=1 $engine build --build-arg "AOT=$aot" -t "$tag" .
        $engine run --rm "$tag" --help >/dev/null
        $engine run --rm --entrypoint /usr/local/bin/kube-proxy "$tag" --version
        echo "image: $tag, built by $engine; it starts"
        exit 0
    fi
done

if [ "$(id -u)" != 0 ]; then
    echo "image: no container engine answers, and performing the Dockerfile without one takes root; publishing the agent only"
    rm -rf artifacts/image
    .ci/publish.sh "$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')" "$aot" artifacts/image
    artifacts/image/shunt --help >/dev/null
    echo "image: artifacts/image/shunt starts"
    exit 0
fi

echo "image: no container engine answers; performing the Dockerfile into artifacts/image instead"
.ci/install.sh image
unshare --mount .ci/dockerfile.py Dockerfile artifacts/image "AOT=$aot"
.ci/image-check.sh artifacts/image
echo "image: artifacts/image/root has $(du -sm artifacts/image/root | cut -f1) MB, and works"
