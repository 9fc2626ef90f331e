namespace Shunt.Model;

/// <summary>An address family. The values are the version numbers in the IP header.</summary>
public enum IpFamily : byte
{
    /// <summary>IPv4.</summary>
    IPv4 = 4,

    /// <summary>IPv6.</summary>
    IPv6 = 6,
}
