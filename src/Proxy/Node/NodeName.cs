using System.Net;

namespace Shunt.Proxy.Node;

/// <summary>What this node is called in the cluster.</summary>
internal static class NodeName
{
    /// <summary>The override, else the machine's host name; trimmed and in lower case.</summary>
    /// <param name="hostnameOverride">The value of <c>--hostname-override</c>; empty when it was not given.</param>
    /// <param name="hostName">The machine's host name.</param>
    /// <exception cref="ConfigurationException">Nothing is left of it.</exception>
    public static string Resolve(string hostnameOverride, string hostName)
    {
        var name = (hostnameOverride.Length > 0 ? hostnameOverride : hostName).Trim();
        if (name.Length > 0) return name.ToLowerInvariant();
        throw new ConfigurationException(hostnameOverride.Length > 0
            ? "empty hostname-override is invalid"
            : "this machine has no host name; set --hostname-override");
    }

    /// <summary>The override, else this machine's host name.</summary>
    /// <exception cref="ConfigurationException">Nothing is left of it.</exception>
    public static string Resolve(string hostnameOverride) => Resolve(hostnameOverride, HostName);

    /// <summary>This machine's host name, with its domain if the machine says it; <see cref="Environment.MachineName"/> cuts it off.</summary>
    public static string HostName => Dns.GetHostName();
}
