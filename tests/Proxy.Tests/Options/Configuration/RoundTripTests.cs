using System.Collections.Immutable;
using System.Text;
using Shunt.Proxy.Options.Configuration;

namespace Shunt.Proxy.Tests.Options.Configuration;

/// <summary>What is written reads back as the same, whatever is in it.</summary>
public sealed class RoundTripTests
{
    private static readonly string[] Texts =
    [
        "", "a", "0", "1.5", "true", "No", "null", "~", "0x1F", "1_000", "12:30", "2026-01-02", "::", "[::]:10256", "fd00::", "a: b", "a #b", "#a", "- a", "-", "-a",
        "'", "\"", "it's", "a\\b", "\tTab", "two\nlines", " lead", "trail ", "é\u2028", "😀", "{}", "[]", "*a", "&a", "!a", "%a", "@a", "`a", "|", ">", "?", "? a", "=",
        "<<", "---", "...", ".inf", "1e3", "0o7", "-0", "+1", "y", "yes", "a,b", "key:",
    ];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60), Random.Shared.Next()];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_written_configuration_reads_back_as_the_same(int seed)
    {
        var config = EffectiveConfiguration.Of(ConfigurationDefaults.Apply(Generate(new Random(seed))));
        var yaml = KubeProxyConfigurationYaml.ToText(config);

        AssertSame(config, Encoding.UTF8.GetBytes(yaml), yaml);
        AssertSame(config, KubeProxyConfigurationJson.ToUtf8(config).ToArray(), yaml);
    }

    private static void AssertSame(KubeProxyConfiguration config, byte[] written, string yaml)
    {
        var decoded = ConfigurationDecoder.Decode(written);
        Assert.True(decoded is { Error: "", StrictError: "" }, $"{decoded.Error}{decoded.StrictError}\n{yaml}");
        var again = EffectiveConfiguration.Of(ConfigurationDefaults.Apply(decoded.Value!)); // no error, so there is a value
        Assert.Empty(ConfigurationDiff.Between(config, again));
    }

    private static KubeProxyConfiguration Generate(Random random) => new()
    {
        FeatureGates = Enumerable.Range(0, random.Next(3)).Aggregate(KubeProxyConfiguration.EmptyGates, (gates, i) => gates.SetItem($"{Text(random)}{i}", Bool(random))),
        ClientConnection = new() { Kubeconfig = Text(random), AcceptContentTypes = Text(random), ContentType = Text(random), Qps = random.Next(100) / 4f, Burst = Number(random) },
        Logging = new()
        {
            Format = Text(random),
            FlushFrequency = new FlushFrequency(Duration(random), Bool(random)),
            Verbosity = (uint)random.Next(10),
            VModule = [.. Enumerable.Range(0, random.Next(3)).Select(i => new VModuleItem(Text(random), (uint)i))],
            Text = new() { SplitStream = Bool(random), InfoBufferSize = random.Next(3) == 0 ? "64Ki" : "" },
            Json = new() { SplitStream = Bool(random) },
        },
        HostnameOverride = Text(random),
        BindAddress = Text(random),
        HealthzBindAddress = Text(random),
        MetricsBindAddress = Text(random),
        BindAddressHardFail = Bool(random),
        EnableProfiling = Bool(random),
        ShowHiddenMetricsForVersion = Text(random),
        Mode = random.Next(4) switch { 0 => "iptables", 1 => "ipvs", 2 => "nftables", _ => "" },
        IPTables = new() { MasqueradeBit = Maybe(random), MasqueradeAll = Bool(random), LocalhostNodePorts = random.Next(3) switch { 0 => null, 1 => true, _ => false }, SyncPeriod = Duration(random), MinSyncPeriod = Duration(random) },
        IPVS = new() { SyncPeriod = Duration(random), MinSyncPeriod = Duration(random), Scheduler = Text(random), ExcludeCIDRs = List(random), StrictARP = Bool(random), TcpTimeout = Duration(random), UdpTimeout = Duration(random) },
        NFTables = new() { MasqueradeBit = Maybe(random), MasqueradeAll = Bool(random), SyncPeriod = Duration(random) },
        Winkernel = new() { NetworkName = Text(random), EnableDSR = Bool(random) },
        DetectLocalMode = Text(random),
        DetectLocal = new() { BridgeInterface = Text(random), InterfaceNamePrefix = Text(random) },
        ClusterCIDR = Text(random),
        NodePortAddresses = List(random),
        OOMScoreAdj = Maybe(random),
        Conntrack = new() { MaxPerCore = Maybe(random), Min = Maybe(random), TcpEstablishedTimeout = Bool(random) ? Duration(random) : null, TcpBeLiberal = Bool(random), UdpTimeout = Duration(random) },
        ConfigSyncPeriod = Duration(random),
        PortRange = Text(random),
        WindowsRunAsService = Bool(random),
        Shunt = new() { IptablesVariant = Text(random), IptablesWriter = Text(random), IptablesDispatch = Text(random) },
    };

    private static string Text(Random random) => Texts[random.Next(Texts.Length)];

    private static bool Bool(Random random) => random.Next(2) == 0;

    private static int Number(Random random) => random.Next(-5, 100);

    private static int? Maybe(Random random) => Bool(random) ? Number(random) : null;

    private static TimeSpan Duration(Random random) => TimeSpan.FromTicks(random.Next(4) switch
    {
        0 => 0,
        1 => random.NextInt64(-1_000_000_000, 1_000_000_000),
        2 => TimeSpan.TicksPerSecond * random.Next(100_000),
        _ => random.NextInt64(100_000),
    });

    private static ImmutableArray<string> List(Random random) =>
        random.Next(3) == 0 ? default : [.. Enumerable.Range(0, random.Next(3)).Select(_ => Text(random))];
}
