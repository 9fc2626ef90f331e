# The agent and the iptables programs it drives: no shell, no package manager.
#
#   docker build -t shunt .                               for this machine
#   docker buildx build --platform linux/amd64,linux/arm64 -t shunt .
#   docker build --build-arg AOT=1 -t shunt .             compiled ahead of time: a third of the size, less than half of the memory
#
# `make image` does the same, and without a container engine performs these lines into a directory and runs what comes out.
#
# From NuGet this takes, in the version of the SDK's own runtime, for linux-x64 or linux-arm64: Microsoft.NETCore.App.Runtime,
# Microsoft.AspNetCore.App.Runtime, Microsoft.NETCore.App.Crossgen2 and Microsoft.NET.ILLink.Tasks, and for AOT=1
# Microsoft.DotNet.ILCompiler (runtime.linux-*) and Microsoft.NETCore.App.Runtime.NativeAOT. A mirror that lacks one fails here, and
# names it. The iptables programs need glibc, so linux-musl-* is not used.
FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG TARGETARCH
ARG AOT=0
WORKDIR /src
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY .ci/publish.sh .ci/publish.sh
COPY src src
COPY manifests/demo manifests/demo
RUN .ci/publish.sh "$TARGETARCH" "$AOT" /out

# Runs as the target's platform, and is thrown away. Its glibc must not be older than that of the SDK's image, for AOT=1.
FROM debian:trixie-slim AS tools
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates iptables kmod libssl3t64 libstdc++6
COPY --from=build /out/shunt /usr/local/bin/shunt
COPY .ci/image-root.sh /image-root.sh
RUN /image-root.sh /image /usr/local/bin/shunt

FROM scratch
COPY --from=tools /image/ /
COPY --from=build /out/shunt /usr/local/bin/shunt
ENV PATH=/usr/local/bin:/usr/sbin:/usr/bin
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
ENV DOTNET_EnableDiagnostics=0
# No USER: Kubernetes gives added capabilities to user 0 only, so any other user could not write rules there. Where the engine can raise
# ambient capabilities, the image runs as user 65532 (nonroot) too: docs/install.md.
ENTRYPOINT ["/usr/local/bin/shunt"]
