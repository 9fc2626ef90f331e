using Microsoft.Extensions.Logging;
using Shunt.Model;

namespace Shunt.Proxy.Node;

/// <summary>Which address families this kernel has.</summary>
/// <param name="logger">Told why a family is missing.</param>
/// <param name="procRoot">Where the kernel's files are: <c>/proc</c>, but for tests.</param>
internal sealed class IpFamilies(ILogger logger, string procRoot = "/proc")
{
    /// <summary>
    /// Whether the kernel supports the family at all; IPv6 may be compiled out or disabled. (Whether its tools work is another question.)
    /// </summary>
    public bool IsSupported(IpFamily family)
    {
        if (family == IpFamily.IPv4) return true;
        if (!File.Exists(Path.Combine(procRoot, "net/if_inet6")))
        {
            Log.NoKernelSupport(logger, family);
            return false;
        }

        var disabled = Path.Combine(procRoot, "sys/net/ipv6/conf/all/disable_ipv6");
        if (!File.Exists(disabled) || File.ReadAllText(disabled).Trim() != "1") return true;
        Log.KernelSupportDisabled(logger, family);
        return false;
    }
}
