using Shunt.Backends.Iptables;
using Shunt.Model;

namespace Shunt.Kernel.Tests.Iptables;

/// <summary>Options of iptables mode at random, the same for the same seed.</summary>
internal static class RandomOptions
{
    public static IptablesOptions Create(int seed, IpFamily family)
    {
        var random = new Random(seed);
        return new IptablesOptions
        {
            Family = family,
            Detector = random.Next(4) switch
            {
                0 => default,
                1 => LocalDetector.ByBridge("cni0"),
                2 => LocalDetector.ByInterfacePrefix("veth"),
                _ => LocalDetector.ByCidr(IpPrefix.Parse(family == IpFamily.IPv4 ? $"10.0.0.0/{random.Next(8, 16)}" : $"fd00:10::/{random.Next(32, 64)}")),
            },
            MasqueradeAll = random.Next(4) == 0,
            MasqueradeBit = random.Next(32),
            LocalhostNodePorts = family == IpFamily.IPv4 && random.Next(2) == 0,
            RandomFully = random.Next(2) == 0,
            ConntrackTcpLiberal = random.Next(3) == 0,
            CountsWithNfAcct = random.Next(2) == 0,
        };
    }
}
