# The agent and the programs it drives. It changes the node's rules, so it runs as root with CAP_NET_ADMIN in the host's network.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY src src
COPY manifests manifests
RUN dotnet publish src/Proxy -c Release -o /shunt

# The runtime images of .NET 10 are Ubuntu; its iptables package brings both variants, nft and legacy.
FROM mcr.microsoft.com/dotnet/aspnet:10.0
RUN apt-get update \
    && apt-get install -y --no-install-recommends iptables iproute2 kmod \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /shunt /opt/shunt
RUN ln -s /opt/shunt/shunt /usr/local/bin/shunt
ENTRYPOINT ["shunt"]
