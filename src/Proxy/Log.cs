using Microsoft.Extensions.Logging;
using Shunt.Backends.Iptables;
using Shunt.Model;
using Shunt.Proxy.Options;

namespace Shunt.Proxy;

/// <summary>What is said while the agent is put together. The wordings are kube-proxy's where it has one.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "Using iptables variant {Variant} (asked for: {Choice})")]
    public static partial void UsingVariant(ILogger logger, IptablesVariant variant, IptablesVariantChoice choice);

    [LoggerMessage(3001, LogLevel.Information, "No iptables support for family ipFamily=\"{IpFamily}\" variant=\"{Variant}\"")]
    public static partial void FamilyUnusable(ILogger logger, IpFamily ipFamily, IptablesVariant variant);

    [LoggerMessage(3002, LogLevel.Warning, "{Problem}")]
    public static partial void Incomplete(ILogger logger, string problem);

    [LoggerMessage(3003, LogLevel.Information, "{Note}")]
    public static partial void Note(ILogger logger, string note);

    [LoggerMessage(3004, LogLevel.Information,
        "Setting route_localnet=1 to allow node-ports on localhost; to change this either disable iptables.localhostNodePorts (--iptables-localhost-nodeports) or set nodePortAddresses (--nodeport-addresses) to filter loopback addresses")]
    public static partial void RouteLocalnet(ILogger logger);

    [LoggerMessage(3005, LogLevel.Information, "nf_conntrack_tcp_be_liberal set, not installing DROP rules for INVALID packets")]
    public static partial void TcpLiberal(ILogger logger);

    [LoggerMessage(3006, LogLevel.Error, "{Problem}")]
    public static partial void LoopbackNotServed(ILogger logger, string problem);
}
