using System.Collections.Immutable;
using System.Text;
using Shunt.Model;

namespace Shunt.Backends.Iptables;

/// <summary>Turns desired state into the rules kube-proxy 1.36 would write for it. Not thread-safe: it reuses its buffers.</summary>
public sealed partial class IptablesCompiler : ICompiler<IptablesProgram>
{
    /// <summary>With more endpoints than this, the rules of endpoints carry no comments (kube-proxy's large-cluster mode).</summary>
    public const int LargeClusterEndpoints = 1000;

    /// <summary>From so many Service ports on, KUBE-SERVICES becomes a tree where that is left to us.</summary>
    public const int TreeServicePorts = 2000;

    /// <summary>With fewer than this it has the rules itself again: so far below that it does not go back and forth.</summary>
    public const int LinearServicePorts = 1000;

    private readonly IptablesOptions _options;
    private readonly List<IpAddr> _dispatched = [];
    private readonly RuleWriter _filter = new();
    private readonly RuleWriter _nat = new();
    private bool _tree;

    /// <summary>A compiler for one family.</summary>
    public IptablesCompiler(IptablesOptions options) => _options = options;

    /// <inheritdoc/>
    public IptablesProgram Compile(DesiredState desired) => Compile(desired, UsesTree(desired, before: false));

    /// <inheritdoc/>
    public IptablesProgram Adopt(DesiredState desired, IptablesProgram existing) => Compile(desired, UsesTree(desired, HasTree(existing)));

    private IptablesProgram Compile(DesiredState desired, bool tree)
    {
        _tree = tree;
        var large = desired.EndpointCount > LargeClusterEndpoints;
        var services = ImmutableSortedDictionary.CreateBuilder<ServicePortName, RuleBlock>();
        var store = new RuleStore();
        var shared = CompileBase(desired.NodePortAddresses);
        var counts = RuleCounts.Of(shared.Fixed) + new RuleCounts(0, RuleCounts.Lines(shared.Tail));
        foreach (var (name, service) in desired.Services)
        {
            var block = CompileServicePort(service, desired.Node, large, RuleBlock.Empty, store);
            services.Add(name, block);
            counts += RuleCounts.Of(block);
        }

        var all = services.ToImmutable();
        return new IptablesProgram { Base = shared, Services = all, Counts = counts, Dispatch = tree ? DispatchTree.Of(all.Values) : null };
    }

    /// <inheritdoc/>
    public IptablesProgram Compile(DesiredState desired, IptablesProgram previous)
    {
        var tree = UsesTree(desired, previous.Dispatch is not null);
        if (tree != previous.Dispatch is not null) return Compile(desired, tree);
        _tree = tree;
        var large = desired.EndpointCount > LargeClusterEndpoints;
        var services = previous.Services;
        var counts = previous.Counts;
        var dispatch = previous.Dispatch;
        foreach (var name in desired.Delta.Changed)
        {
            var before = services.GetValueOrDefault(name, RuleBlock.Empty);
            counts -= RuleCounts.Of(before);
            if (desired.Services.TryGetValue(name, out var service))
            {
                var block = CompileServicePort(service, desired.Node, large, before, null);
                services = services.SetItem(name, block);
                counts += RuleCounts.Of(block);
                dispatch = dispatch?.Change(before.Dispatched, block.Dispatched);
            }
            else
            {
                services = services.Remove(name);
                dispatch = dispatch?.Change(before.Dispatched, []);
            }
        }

        return previous with { Services = services, Counts = counts, Dispatch = dispatch };
    }

    private bool UsesTree(DesiredState desired, bool before) => _options.Dispatch switch
    {
        IptablesDispatch.Linear => false,
        IptablesDispatch.Tree => true,
        _ => desired.Services.Count >= (before ? LinearServicePorts : TreeServicePorts),
    };

    private static bool HasTree(IptablesProgram existing)
    {
        if (existing.Unclaimed is not { } dump) return existing.Dispatch is not null;
        foreach (var chain in dump.Chains)
        {
            if (IptablesNames.IsNetworkChain(chain.Name.Span)) return true;
        }

        return false;
    }

    /// <summary>The rules of one Service port.</summary>
    /// <param name="service">The Service port.</param>
    /// <param name="node">The node they are for.</param>
    /// <param name="large">The cluster is large.</param>
    /// <param name="previous">An earlier version, from which the names of endpoints' chains are taken.</param>
    /// <param name="store">Where the text is kept; null for memory of its own.</param>
    private RuleBlock CompileServicePort(ServiceEndpoints service, NodeInfo node, bool large, RuleBlock previous, RuleStore? store)
    {
        _filter.Clear();
        _nat.Clear();
        _dispatched.Clear();
        var port = service.Port;
        Span<byte> label = stackalloc byte[Encoding.UTF8.GetMaxByteCount(LabelLength(port.Name))];
        label = label[..WriteLabel(port.Name, label)];
        Span<byte> hash = stackalloc byte[IptablesNames.HashLength];
        IptablesNames.Hash(label, port.Name.Protocol, [], hash);
        var scope = new PortScope(port, service.Selection, label, hash) { Commented = !large, NodeAddress = node.Address(_options.Family) };

        WriteDispatch(scope);
        var hashes = scope.Selection.HasAny ? HashEndpoints(scope, previous) : [];
        if (scope.Selection.HasAny) WriteChains(scope, hashes);
        WriteVerdicts(scope);
        return new RuleBlock(Keep(_filter, store), Keep(_nat, store))
        {
            Endpoints = service.Selection.Reachable,
            EndpointHashes = store is null ? hashes : store.Add(hashes),
            Dispatched = [.. _dispatched],
        };
    }

    private static ReadOnlyMemory<byte> Keep(RuleWriter rules, RuleStore? store) => store is null ? rules.ToMemory() : rules.ToMemory(store);

    private static int LabelLength(ServicePortName name) => name.Namespace.Length + name.Name.Length + name.Port.Length + 2;

    /// <summary>Writes what <see cref="ServicePortName.ToString"/> gives.</summary>
    private static int WriteLabel(ServicePortName name, Span<byte> label)
    {
        var at = Encoding.UTF8.GetBytes(name.Namespace, label);
        label[at++] = (byte)'/';
        at += Encoding.UTF8.GetBytes(name.Name, label[at..]);
        if (name.Port.Length == 0) return at;
        label[at++] = (byte)':';
        return at + Encoding.UTF8.GetBytes(name.Port, label[at..]);
    }

    /// <summary>One Service port on its way through the compiler, with what the rules ask again and again.</summary>
    private readonly ref struct PortScope(ServicePort port, EndpointSelection selection, ReadOnlySpan<byte> label, ReadOnlySpan<byte> hash)
    {
        public ServicePort Port { get; } = port;

        public EndpointSelection Selection { get; } = selection;

        /// <summary>The Service port as text.</summary>
        public ReadOnlySpan<byte> Label { get; } = label;

        /// <summary>What ends the names of its chains.</summary>
        public ReadOnlySpan<byte> Hash { get; } = hash;

        /// <summary>The rules of endpoints carry comments.</summary>
        public bool Commented { get; init; }

        /// <summary>This node's address of the family.</summary>
        public IpAddr NodeAddress { get; init; }

        public Protocol Protocol => Port.Name.Protocol;

        /// <summary>Traffic to the cluster IP has endpoints to go to.</summary>
        public bool HasInternal => Selection.HasAny && !(Port.InternalPolicyLocal && Selection.Local.IsEmpty);

        /// <summary>Traffic from outside has endpoints to go to.</summary>
        public bool HasExternal => Selection.HasAny && !(Port.ExternalPolicyLocal && Selection.Local.IsEmpty);

        /// <summary>The prefix of the chain for traffic to the cluster IP.</summary>
        public ReadOnlySpan<byte> InternalChain => Port.InternalPolicyLocal ? IptablesNames.Local : IptablesNames.Cluster;

        /// <summary>The prefix of the chain for traffic from outside.</summary>
        public ReadOnlySpan<byte> ExternalPolicyChain => Port.ExternalPolicyLocal ? IptablesNames.Local : IptablesNames.Cluster;

        /// <summary>Clients of the load-balancer IPs are checked.</summary>
        public bool UsesFirewall => Selection.HasAny && !Port.LoadBalancerVips.IsEmpty && !Port.LoadBalancerSourceRanges.IsEmpty;
    }
}
