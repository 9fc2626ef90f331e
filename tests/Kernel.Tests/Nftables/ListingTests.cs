using Shunt.Backends.Nftables;
using Shunt.Model;
using Shunt.Testing;
using Shunt.Testing.Iptables;
using Shunt.Testing.Network;
using Shunt.Testing.Nftables;

namespace Shunt.Kernel.Tests.Nftables;

/// <summary>People read the table with <c>nft</c>: it prints what we say we wrote, and takes it again.</summary>
[Trait("needs", "root")]
public sealed class ListingTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, IpFamily.IPv4)]
    [InlineData(5, IpFamily.IPv6)]
    public async Task Nft_prints_every_rule_and_element_as_we_do(int seed, IpFamily family)
    {
        Root.SkipUnlessAvailable("nft");
        await using var at = await ScratchNamespace.CreateAsync("list", Ct);
        var program = await ApplyAsync(at, Cluster(seed, family), NftablesFixture.Options(family));

        var listing = await ListAsync(at, family);

        foreach (var chain in program.Base!.Chains)
        {
            var rules = listing.Single(block => block[0] == $"chain {chain.Name}").Skip(chain.Hook is null ? 1 : 2);
            Assert.Equal(chain.Rules.Select(static rule => rule.ToString()), rules);
        }

        var elements = listing.Where(static block => block[0].StartsWith("set ", StringComparison.Ordinal) || block[0].StartsWith("map ", StringComparison.Ordinal))
            .SelectMany(static block => Elements(block).Select(element => $"{block[0][4..]} {{ {element} }}"));
        Assert.Equal(Elements(program, family).Order(StringComparer.Ordinal), elements.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("bridge")]
    [InlineData("prefix")]
    [InlineData("masquerade-all")]
    [InlineData("odd-cidr")]
    [InlineData("everywhere")]
    public async Task Nft_prints_the_rules_of_every_setting_as_we_do(string setting)
    {
        Root.SkipUnlessAvailable("nft");
        await using var at = await ScratchNamespace.CreateAsync("list", Ct);
        var options = NftablesFixture.Options();
        options = setting switch
        {
            "bridge" => options with { Detector = LocalDetector.ByBridge("cni0") },
            "prefix" => options with { Detector = LocalDetector.ByInterfacePrefix("veth"), MasqueradeBit = 5 },
            "masquerade-all" => options with { MasqueradeAll = true, MasqueradeBit = 0 },
            "odd-cidr" => options with { Detector = LocalDetector.ByCidr(IpPrefix.Parse("10.244.0.0/14")) },
            _ => options,
        };
        var state = Cluster(2, IpFamily.IPv4);
        if (setting == "everywhere") state = state with { NodePortAddresses = NodePortAddresses.Everywhere };

        var program = await ApplyAsync(at, state, options);

        var listing = await ListAsync(at, IpFamily.IPv4);
        foreach (var chain in program.Base!.Chains)
        {
            var rules = listing.Single(block => block[0] == $"chain {chain.Name}").Skip(chain.Hook is null ? 1 : 2);
            Assert.Equal(chain.Rules.Select(static rule => rule.ToString()), rules);
        }
    }

    [Fact]
    public async Task What_nft_prints_it_takes_again()
    {
        Root.SkipUnlessAvailable("nft");
        await using var at = await ScratchNamespace.CreateAsync("list", Ct);
        await ApplyAsync(at, Cluster(2, IpFamily.IPv4), NftablesFixture.Options());
        var before = await ListAsync(at, IpFamily.IPv4);
        var text = (await at.RunAsync("nft", ["list", "table", "ip", "shunt"], null, Ct)).EnsureSuccess().Output;

        (await at.RunAsync("nft", ["-f", "-"], "delete table ip shunt\n" + text, Ct)).EnsureSuccess();

        Assert.Equal(Canonical(before), Canonical(await ListAsync(at, IpFamily.IPv4)));
    }

    [Fact]
    public async Task What_plan_prints_nft_takes()
    {
        Root.SkipUnlessAvailable("nft");
        await using var at = await ScratchNamespace.CreateAsync("list", Ct);
        var state = Cluster(2, IpFamily.IPv4);
        await ApplyAsync(at, state, NftablesFixture.Options());
        var before = await ListAsync(at, IpFamily.IPv4);
        var plan = await NftablesFixture.Dataplane(new NftablesEmptyKernel(), NftablesFixture.Options()).PlanAsync(state, Ct);
        var text = new StringWriter();
        plan.WriteTo(text);

        (await at.RunAsync("nft", ["-f", "-"], "delete table ip shunt\n" + text, Ct)).EnsureSuccess();

        Assert.Equal(Canonical(before), Canonical(await ListAsync(at, IpFamily.IPv4)));
    }

    private static DesiredState Cluster(int seed, IpFamily family)
    {
        var cluster = new RandomCluster(seed, family) { Endpoints = 40 };
        cluster.Change(60);
        return cluster.Snapshot() with
        {
            ServiceCidrs = [IpPrefix.Parse(family == IpFamily.IPv4 ? "10.96.0.0/12" : "fd00:96::/112")],
            NodePortAddresses = new NodePortAddresses { Addresses = [IpAddr.Parse(family == IpFamily.IPv4 ? "192.168.0.2" : "2001:db8::1")] },
        };
    }

    private static async Task<NftablesProgram> ApplyAsync(ScratchNamespace at, DesiredState state, NftablesOptions options)
    {
        using var kernel = at.Net.Run(() => new NftablesKernel(options.Family));
        var result = await (await NftablesFixture.Dataplane(kernel, options).PlanAsync(state, Ct)).ApplyAsync(Ct);
        Assert.Empty(result.Refused);
        return new NftablesCompiler(options).Compile(state);
    }

    /// <summary>The blocks of the table, each with its name first, without indentation.</summary>
    private static async Task<List<List<string>>> ListAsync(ScratchNamespace at, IpFamily family)
    {
        var text = (await at.RunAsync("nft", ["list", "table", family == IpFamily.IPv4 ? "ip" : "ip6", "shunt"], null, Ct)).EnsureSuccess().Output;
        var blocks = new List<List<string>>();
        foreach (var line in text.Split('\n').Select(static line => line.Trim()).Where(static line => line.Length > 0 && line != "}").Skip(2))
        {
            if (line.EndsWith(" {", StringComparison.Ordinal)) blocks.Add([line[..^2]]);
            else blocks[^1].Add(line);
        }

        return blocks;
    }

    private static IEnumerable<string> Elements(List<string> block)
    {
        var start = block.FindIndex(static line => line.StartsWith("elements = {", StringComparison.Ordinal));
        if (start < 0) return [];
        var text = string.Join(' ', block.Skip(start))["elements = {".Length..].TrimEnd('}');
        return text.Split(',').Select(static element => element.Trim());
    }

    private static List<string> Elements(NftablesProgram program, IpFamily family)
    {
        var tape = new ElementTape();
        var writer = new FragmentWriter();
        foreach (var (_, fragment) in program.Services) writer.Write(fragment, program.Node, tape);
        var elements = new HashSet<string>(program.NodePortIps.Select(static address => $"nodeport-ips {{ {address} }}"));
        for (var at = 0; at < tape.Length; at = tape.At(at).Next) elements.Add($"{tape.At(at).Set.Name} {{ {NftablesText.Format(tape.At(at), family)} }}");
        return [.. elements];
    }

    /// <summary>The blocks with their elements in an order, which in the kernel they have not.</summary>
    private static IEnumerable<string> Canonical(List<List<string>> blocks) => blocks.Select(static block => string.Join(
        '\n', block.TakeWhile(static line => !line.StartsWith("elements", StringComparison.Ordinal)).Concat(Elements(block).Order(StringComparer.Ordinal))));
}
