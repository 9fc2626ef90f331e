using System.Collections.Immutable;
using Shunt.Backends.Iptables;
using Shunt.Model;
using Shunt.Testing.Iptables;

namespace Shunt.Backends.Tests.Iptables;

/// <summary>The chains between KUBE-SERVICES and the rules of Services, and when there are any.</summary>
public sealed class IptablesTreeTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private readonly FakeIptables _kernel = new();
    private long _version;

    [Fact]
    public async Task KUBE_SERVICES_leads_to_networks_and_the_smallest_has_the_rules()
    {
        await ApplyAsync(Dataplane(IptablesDispatch.Tree), 0, Services(1));

        Assert.Equal(
            [
                "-A KUBE-SERVICES -d 10.96.0.0/16 -m comment --comment \"kubernetes services in this network\" -j KUBE-IP-10.96.0.0/16",
                "-A KUBE-SERVICES -m comment --comment \"kubernetes service nodeports; NOTE: this must be the last rule in this chain\" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS",
                "-A KUBE-IP-10.96.0.0/16 -d 10.96.0.0/20 -j KUBE-IP-10.96.0.0/20",
                "-A KUBE-IP-10.96.0.0/20 -d 10.96.0.0/24 -j KUBE-IP-10.96.0.0/24",
                "-A KUBE-IP-10.96.0.0/24 -d 10.96.0.0/28 -j KUBE-IP-10.96.0.0/28",
            ],
            Lines("-A KUBE-SERVICES ", "-A KUBE-IP-").Where(static line => !line.Contains("cluster IP", StringComparison.Ordinal)));
        Assert.StartsWith("-A KUBE-IP-10.96.0.0/28 -d 10.96.0.1/32 -p tcp", Assert.Single(Lines("-A KUBE-IP-10.96.0.0/28 ")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_name_of_a_network_is_hashed()
    {
        Assert.Equal("KUBE-IP-fd00:10:96::a0/124", Text(DispatchTree.NameOf(IpPrefix.Parse("fd00:10:96::a0/124"))));
        var hashed = Text(DispatchTree.NameOf(IpPrefix.Parse("fd00:1234:5678:9abc:def0:1234:5678:9ab0/124")));
        Assert.Equal("KUBE-IP-".Length + 16, hashed.Length);
    }

    [Fact]
    public async Task A_chain_comes_with_the_first_service_of_a_network_and_goes_with_the_last()
    {
        var dataplane = Dataplane(IptablesDispatch.Tree);
        var many = Services(40);
        var one = many.Take(1).ToImmutableSortedDictionary();
        var before = await ApplyAsync(dataplane, 0, one);
        var alone = _kernel.Save();

        var after = await ApplyAsync(dataplane, before, many, [.. many.Keys]);
        Assert.Equal(3, Lines(":KUBE-IP-").Count(static line => line.Contains("/28", StringComparison.Ordinal)));
        await ApplyAsync(dataplane, after, one, [.. many.Keys]);

        Assert.Equal(alone, _kernel.Save());
    }

    [Fact]
    public async Task Auto_becomes_a_tree_when_there_are_many_and_goes_back_when_there_are_few()
    {
        var dataplane = Dataplane(IptablesDispatch.Auto);
        var all = Services(IptablesCompiler.TreeServicePorts);
        long version = 0;
        foreach (var (count, tree) in new[] { (1999, false), (2000, true), (1999, true), (1000, true), (999, false), (1999, false), (2000, true) })
        {
            version = await ApplyAsync(dataplane, version, all.Take(count).ToImmutableSortedDictionary(), [.. all.Keys]);

            Assert.Equal(tree, Lines(":KUBE-IP-").Count > 0);
            Assert.Equal(tree ? 2 : count + 1, Lines("-A KUBE-SERVICES ").Count);
            var fresh = new FakeIptables();
            fresh.Restore(IptablesFixture.Text(new IptablesCompiler(Options(tree ? IptablesDispatch.Tree : IptablesDispatch.Linear)).Compile(State(0, all.Take(count).ToImmutableSortedDictionary(), []))));
            Assert.Equal(IptablesFixture.Canonical(fresh.Save()), IptablesFixture.Canonical(_kernel.Save()));
        }

        // A restart keeps what is there.
        await ApplyAsync(dataplane, version, all.Take(1500).ToImmutableSortedDictionary(), [.. all.Keys]);
        Assert.True((await Dataplane(IptablesDispatch.Auto).PlanAsync(State(0, all.Take(1500).ToImmutableSortedDictionary(), []), Ct)).IsEmpty);
    }

    [Fact]
    public async Task While_the_layout_changes_every_service_has_its_rules_first_here_then_there()
    {
        var all = Services(30);
        foreach (var (from, to) in new[] { (IptablesDispatch.Linear, IptablesDispatch.Tree), (IptablesDispatch.Tree, IptablesDispatch.Linear) })
        {
            await ApplyAsync(Dataplane(from), 0, all);
            var plan = await Dataplane(to).PlanAsync(State(0, all, []), Ct);
            var ops = new List<string>();
            using var text = new StringWriter();
            plan.WriteTo(text);
            ops.AddRange(text.ToString().Split('\n'));

            // The rules of the new layout come before those of the old go, also where they are not applied at once.
            var lastAdded = ops.FindLastIndex(static line => line.Contains("cluster IP", StringComparison.Ordinal) && !line.StartsWith("-D", StringComparison.Ordinal));
            var firstGone = ops.FindIndex(static line => line.StartsWith("-D KUBE-SERVICES", StringComparison.Ordinal));
            Assert.True(lastAdded < firstGone, $"{from} to {to}");
            await plan.ApplyAsync(Ct);
        }
    }

    private static string Text(ReadOnlyMemory<byte> name) => System.Text.Encoding.ASCII.GetString(name.Span);

    private static IptablesOptions Options(IptablesDispatch dispatch) => new() { Family = IpFamily.IPv4, LocalhostNodePorts = true, Dispatch = dispatch };

    private Dataplane<IptablesProgram, IptablesDelta> Dataplane(IptablesDispatch dispatch) => IptablesFixture.Dataplane(_kernel, Options(dispatch));

    private List<string> Lines(params string[] beginnings) =>
        [.. _kernel.Save().Split('\n').Where(line => beginnings.Any(beginning => line.StartsWith(beginning, StringComparison.Ordinal)))
            .OrderBy(line => Array.FindIndex(beginnings, beginning => line.StartsWith(beginning, StringComparison.Ordinal)))];

    private async Task<long> ApplyAsync(
        Dataplane<IptablesProgram, IptablesDelta> dataplane, long version, ImmutableSortedDictionary<ServicePortName, ServiceEndpoints> services,
        ImmutableArray<ServicePortName> changed = default)
    {
        var state = State(version, services, changed.IsDefault ? [] : changed);
        await (await dataplane.PlanAsync(state, Ct)).ApplyAsync(Ct);
        return state.Version;
    }

    private DesiredState State(long version, ImmutableSortedDictionary<ServicePortName, ServiceEndpoints> services, ImmutableArray<ServicePortName> changed) => new()
    {
        Family = IpFamily.IPv4,
        Version = ++_version,
        Node = new NodeInfo { Name = "n", IPv4 = IpAddr.Parse("192.168.0.2") },
        NodePortAddresses = NodePortAddresses.Everywhere,
        Services = services,
        Delta = new DesiredStateDelta { BaseVersion = version, Changed = changed },
    };

    private static ImmutableSortedDictionary<ServicePortName, ServiceEndpoints> Services(int count)
    {
        var services = ImmutableSortedDictionary.CreateBuilder<ServicePortName, ServiceEndpoints>();
        for (var i = 0; i < count; i++)
        {
            var port = new ServicePort
            {
                Name = new ServicePortName("a", $"s{i:d5}", "http", Protocol.Tcp),
                ClusterIp = IpAddr.FromV4(0x0A600001u + (uint)i),
                Port = 80,
            };
            var endpoint = new Endpoint(IpAddr.FromV4(0x0AF40001u + (uint)i), 8080) { Ready = true, Serving = true };
            services.Add(port.Name, new ServiceEndpoints(port, EndpointSelector.Select(port, [endpoint], new NodeInfo { Name = "n" })));
        }

        return services.ToImmutable();
    }
}
