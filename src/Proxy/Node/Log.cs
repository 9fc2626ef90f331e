using Microsoft.Extensions.Logging;
using Shunt.Model;

namespace Shunt.Proxy.Node;

/// <summary>What is said about the node. The wordings are kube-proxy's.</summary>
internal static partial class Log
{
    [LoggerMessage(3500, LogLevel.Information, "Set sysctl")]
    public static partial void SysctlSet(ILogger logger, string entry, int value);

    [LoggerMessage(3501, LogLevel.Information, "No kernel support for family")]
    public static partial void NoKernelSupport(ILogger logger, IpFamily ipFamily);

    [LoggerMessage(3502, LogLevel.Information, "Kernel support disabled for family")]
    public static partial void KernelSupportDisabled(ILogger logger, IpFamily ipFamily);
}
