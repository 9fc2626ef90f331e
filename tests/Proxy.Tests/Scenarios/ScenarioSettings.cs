using System.Collections.Immutable;
using Shunt.Backends.Iptables;
using Shunt.Backends.Nftables;
using Shunt.Model;
using Shunt.Proxy.Options;
using Shunt.Proxy.State;
using YamlDotNet.RepresentationModel;

namespace Shunt.Proxy.Tests.Scenarios;

/// <summary>How the agent of a scenario runs: the flags it would have been given, and the machine it finds.</summary>
internal sealed record ScenarioSettings
{
    private static readonly ImmutableArray<IpAddr> Interfaces =
        [.. new[] { "192.168.0.2", "192.168.1.2", "192.168.99.11", "127.0.0.1", "2001:db8::1", "2001:db8:1::2", "::1" }.Select(static a => IpAddr.Parse(a))];

    public required ProxyMode Mode { get; init; }

    public IpFamily Family { get; init; } = IpFamily.IPv4;

    public bool DetectsLocal { get; init; } = true;

    public bool MasqueradeAll { get; init; }

    public bool LocalhostNodePorts { get; init; } = true;

    /// <summary>Null for what the mode takes by default.</summary>
    public NodePortNetworks? NodePortAddresses { get; init; }

    public bool ConntrackTcpLiberal { get; init; }

    public bool NfAcct { get; init; } = true;

    public bool RandomFully { get; init; } = true;

    /// <summary>The node is in this zone.</summary>
    public string Zone { get; init; } = "";

    /// <summary>The node that scenarios are about.</summary>
    public NodeInfo Node => new() { Name = "test-node", Zone = Zone, IPv4 = IpAddr.Parse("192.168.0.2"), IPv6 = IpAddr.Parse("2001:db8::1") };

    public NodePortAddresses NodePorts
    {
        get
        {
            var served = NodePortAddressResolver.Resolve(Family, Networks, Node, Interfaces);
            return Mode == ProxyMode.Nftables ? served.WithoutLoopback() : served;
        }
    }

    public NftablesOptions Nftables => new() { Family = Family, Detector = Detector, MasqueradeAll = MasqueradeAll };

    public IptablesOptions Iptables => new()
    {
        Family = Family,
        Detector = Detector,
        MasqueradeAll = MasqueradeAll,
        LocalhostNodePorts = HasLocalhostNodePorts,
        ConntrackTcpLiberal = ConntrackTcpLiberal,
        CountsWithNfAcct = NfAcct,
        RandomFully = RandomFully,
    };

    public TrafficRules Rules => new()
    {
        LocalDetector = Detector,
        MasqueradeAll = MasqueradeAll,
        LocalhostNodePorts = HasLocalhostNodePorts,
        NftablesMode = Mode == ProxyMode.Nftables,
        LocalAddresses = Interfaces,
    };

    private NodePortNetworks Networks => NodePortAddresses ?? (Mode == ProxyMode.Nftables ? new NodePortNetworks(true, []) : NodePortNetworks.Everywhere);

    private LocalDetector Detector => DetectsLocal ? LocalDetector.ByCidr(IpPrefix.Parse(Family == IpFamily.IPv4 ? "10.0.0.0/8" : "fd00:10::/64")) : default;

    private bool HasLocalhostNodePorts =>
        Mode == ProxyMode.Iptables && Family == IpFamily.IPv4 && LocalhostNodePorts && NodePortAddressResolver.ContainsIPv4Loopback(Networks, Node);

    /// <summary>Takes over what a mapping says.</summary>
    public ScenarioSettings With(YamlMappingNode changes)
    {
        var settings = this;
        foreach (var (key, value) in changes.Children) settings = settings.With(((YamlScalarNode)key).Value!, value);
        return settings;
    }

    private ScenarioSettings With(string key, YamlNode value) => key switch
    {
        "family" => this with { Family = Enum.Parse<IpFamily>(Text(value)) },
        "detectLocal" => this with { DetectsLocal = bool.Parse(Text(value)) },
        "masqueradeAll" => this with { MasqueradeAll = bool.Parse(Text(value)) },
        "localhostNodePorts" => this with { LocalhostNodePorts = bool.Parse(Text(value)) },
        "conntrackTcpBeLiberal" => this with { ConntrackTcpLiberal = bool.Parse(Text(value)) },
        "nfacct" => this with { NfAcct = bool.Parse(Text(value)) },
        "randomFully" => this with { RandomFully = bool.Parse(Text(value)) },
        "zone" => this with { Zone = Text(value) },
        "nodePortAddresses" => this with
        {
            NodePortAddresses = value is YamlScalarNode { Value: NodePortNetworks.PrimaryWord }
                ? new NodePortNetworks(true, [])
                : new NodePortNetworks(false, [.. ((YamlSequenceNode)value).Children.Select(static c => IpPrefix.Parse(Text(c)))]),
        },
        _ => throw new FormatException($"no such setting: {key}"),
    };

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;
}
