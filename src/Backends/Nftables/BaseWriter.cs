using System.Collections.Immutable;
using Shunt.Model;
using Shunt.Netlink.Netfilter;

namespace Shunt.Backends.Nftables;

/// <summary>
/// Writes the chains. A packet to a Service is looked up by its frontend, which gives a number that travels in <c>meta priority</c>: how many
/// endpoints there are, or an affinity list. One rule for each count then looks up an endpoint by frontend and random index.
/// </summary>
internal sealed class BaseWriter
{
    private static readonly IpPrefix Loopback4 = IpPrefix.Parse("127.0.0.0/8");
    private static readonly IpPrefix Loopback6 = IpPrefix.Parse("::1/128");

    private static readonly ImmutableArray<SetKind> EndpointMaps =
        [SetKind.Endpoints, SetKind.LocalEndpoints, SetKind.NodePortEndpoints, SetKind.LocalNodePortEndpoints];

    private readonly NftablesOptions _options;
    private readonly BaseSettings _settings;
    private readonly RuleWriter _rule;
    private readonly List<TableChain> _chains = [];
    private readonly Dictionary<string, List<TableRule>> _onDemand = new(StringComparer.Ordinal);

    private BaseWriter(NftablesOptions options, BaseSettings settings)
    {
        _options = options;
        _settings = settings;
        _rule = new RuleWriter(options.Family);
    }

    /// <summary>The chains and sets for some settings and demands.</summary>
    public static NftablesBase Write(NftablesOptions options, BaseSettings settings, ImmutableSortedSet<Demand> demands)
    {
        var writer = new BaseWriter(options, settings);
        foreach (var demand in demands) writer.Write(demand);
        writer.WriteBalancing();
        writer.WriteFrontends();
        writer.WriteChecks();
        writer.WriteHooks();
        return new NftablesBase(Sets(settings, demands), [.. writer._chains])
        {
            Family = options.Family,
            Demands = demands,
            Settings = settings,
        };
    }

    private static ImmutableArray<SetId> Sets(BaseSettings settings, ImmutableSortedSet<Demand> demands)
    {
        var sets = new List<SetId>();
        for (var kind = SetKind.ClusterIps; kind <= SetKind.Affinity; kind++)
        {
            if (kind is SetKind.FirewallClients or SetKind.AffinityTimeouts) continue;
            if (kind != SetKind.NodePortIps || !settings.NodePortsEverywhere) sets.Add(new SetId(kind));
        }

        foreach (var demand in demands)
        {
            if (demand.Kind == DemandKind.SourceRange) sets.Add(new SetId(SetKind.FirewallClients, demand.Value));
            if (demand.Kind == DemandKind.AffinityTimeout) sets.Add(new SetId(SetKind.AffinityTimeouts, demand.Value));
        }

        sets.Sort();
        return [.. sets];
    }

    private void Write(Demand demand)
    {
        var chain = NftablesNames.ChainOf(demand.Kind);
        if (!_onDemand.TryGetValue(chain, out var rules)) _onDemand.Add(chain, rules = []);
        rules.Add(demand.Kind switch
        {
            DemandKind.StickyEndpoints => ChooseOfList(demand.Value),
            DemandKind.AffinityTimeout => _rule.ListIsIn(new SetId(SetKind.AffinityTimeouts, demand.Value))
                .Remember(new SetId(SetKind.Affinity), demand.Value).End(),
            DemandKind.SourceRange => _rule.IsFirewallClient(new SetId(SetKind.FirewallClients, demand.Value)).Accept(),
            _ => Pick(NftablesNames.EndpointsOf(demand.Kind), demand.Value),
        });
    }

    private void WriteBalancing()
    {
        AddOnDemand(NftablesNames.StickyRemember);
        Add(NftablesNames.StickyGo, _rule.Jump(NftablesNames.StickyRemember), _rule.TranslateToChoice(new SetId(SetKind.StickyEndpoints)));
        Add(
            NftablesNames.StickyKnown,
            _rule.Jump(NftablesNames.StickyGo),
            _rule.Forget(new SetId(SetKind.Affinity)).End("its endpoint is gone"),
            _rule.KeepList().End());
        AddOnDemand(NftablesNames.StickyMany);
        var sticky = new List<TableRule>
        {
            _rule.Choose(new SetId(SetKind.Affinity)).Jump(NftablesNames.StickyKnown),
            _rule.Choose(new SetId(SetKind.StickyLists)).End(),
        };
        for (var count = 1; count <= Demand.UsualEndpoints; count++) sticky.Add(ChooseOfList(count));
        sticky.Add(_rule.Goto(NftablesNames.StickyMany));
        Add(NftablesNames.StickyList, [.. sticky]);
        foreach (var map in EndpointMaps) WritePicks(map);
    }

    private void WritePicks(SetKind map)
    {
        var (pick, pickMany) = NftablesNames.Pick(map);
        AddOnDemand(pickMany);
        var rules = new List<TableRule>();
        for (var count = 1; count <= Demand.UsualEndpoints; count++) rules.Add(Pick(map, count));
        rules.Add(_rule.ChoiceIs(Choice.KindMask, Choice.ListKind).Goto(NftablesNames.StickyList, "session affinity"));
        rules.Add(_rule.Goto(pickMany, $"more than {Demand.UsualEndpoints} endpoints"));
        Add(pick, [.. rules]);
    }

    private TableRule Pick(SetKind map, int count) => _rule.ChoiceIs(Choice.Count(count)).ForgetChoice().Translate(new SetId(map), count);

    private TableRule ChooseOfList(int count) => _rule.ChoiceIs(~Choice.ListMask, (uint)count)
        .ChooseOfList(new SetId(SetKind.Sticky), count).Goto(NftablesNames.StickyGo);

    private void WriteFrontends()
    {
        WriteExternal(NftablesNames.External, NftablesNames.ExternalLocal, SetKind.ExternalLocalOnly, SetKind.Endpoints, SetKind.LocalEndpoints);
        WriteExternal(NftablesNames.NodePorts, NftablesNames.NodePortsLocal, SetKind.NodePortsLocalOnly, SetKind.NodePortEndpoints, SetKind.LocalNodePortEndpoints);
        var services = new List<TableRule>();
        if (_options.MasqueradeAll)
        {
            services.Add(_rule.IsIn(new SetId(SetKind.ClusterIps)).Mark(_options.MasqueradeMark).End("masquerade all clusterIP traffic"));
        }
        else if (_options.Detector.IsImplemented)
        {
            services.Add(_rule.IsFromLocalPod(_options.Detector, expected: false).IsIn(new SetId(SetKind.ClusterIps))
                .Mark(_options.MasqueradeMark).End("masquerade clusterIP traffic from outside cluster"));
        }

        services.Add(_rule.Choose(new SetId(SetKind.Internal)).Goto(NftablesNames.Pick(SetKind.Endpoints).Pick));
        services.Add(_rule.Choose(new SetId(SetKind.External)).Goto(NftablesNames.External));
        services.Add(_rule.Choose(new SetId(SetKind.ExternalLocal)).Goto(NftablesNames.ExternalLocal));
        services.Add(IsAtNodePorts(everyLocal: true).Choose(new SetId(SetKind.NodePorts)).Goto(NftablesNames.NodePorts));
        services.Add(IsAtNodePorts(everyLocal: true).Choose(new SetId(SetKind.NodePortsLocal)).Goto(NftablesNames.NodePortsLocal));
        Add(NftablesNames.Services, [.. services]);
        Add(
            NftablesNames.Masquerading,
            _rule.ChoiceIs(Choice.KindMask, Choice.ListKind).ForgetChoice().End("an endpoint id until here"),
            _rule.IsMarked(_options.MasqueradeMark).Masquerade(),
            _rule.IsTranslated().IsIn(new SetId(SetKind.HairpinConnections)).Masquerade());
    }

    /// <summary>The chains for traffic from outside: the first for policy Cluster, the second for policy Local.</summary>
    private void WriteExternal(string cluster, string local, SetKind localOnly, SetKind endpoints, SetKind localEndpoints)
    {
        Add(cluster, _rule.Mark(_options.MasqueradeMark).End("masquerade"), _rule.Goto(NftablesNames.Pick(endpoints).Pick));
        var rules = new List<TableRule>();
        if (_options.Detector.IsImplemented)
        {
            rules.Add(_rule.IsFromLocalPod(_options.Detector).Goto(NftablesNames.Pick(endpoints).Pick, "short-circuit pod traffic"));
        }

        rules.Add(_rule.IsFromNode().Goto(cluster, "short-circuit local traffic"));
        rules.Add(_rule.Choose(new SetId(localOnly)).Goto(NftablesNames.Pick(localEndpoints).Pick));
        rules.Add(_rule.ForgetChoice().End("no local endpoint"));
        Add(local, [.. rules]);
    }

    private RuleWriter IsAtNodePorts(bool everyLocal)
    {
        if (!_settings.NodePortsEverywhere) return _rule.IsIn(new SetId(SetKind.NodePortIps));
        if (everyLocal) _rule.IsToNode();
        return _rule.IsNotTo(_options.Family == IpFamily.IPv4 ? Loopback4 : Loopback6);
    }

    private void WriteChecks()
    {
        Add(NftablesNames.Reject, _rule.Reject());
        Add(
            NftablesNames.ServiceEndpointsCheck,
            _rule.IsIn(new SetId(SetKind.DropServices)).Drop(),
            _rule.IsIn(new SetId(SetKind.RejectServices)).Goto(NftablesNames.Reject));
        Add(
            NftablesNames.NodePortEndpointsCheck,
            IsAtNodePorts(everyLocal: false).IsIn(new SetId(SetKind.DropNodePorts)).Drop(),
            IsAtNodePorts(everyLocal: false).IsIn(new SetId(SetKind.RejectNodePorts)).Goto(NftablesNames.Reject));
        AddOnDemand(NftablesNames.FirewallClients);
        Add(NftablesNames.FirewallRanges, _rule.Jump(NftablesNames.FirewallClients), _rule.Drop());
        Add(NftablesNames.FirewallCheck, _rule.IsIn(new SetId(SetKind.Firewall)).Goto(NftablesNames.FirewallRanges));
        var clusterIps = new List<TableRule> { _rule.IsIn(new SetId(SetKind.ClusterIps)).Reject("Reject traffic to invalid ports of ClusterIPs") };
        foreach (var cidr in _settings.ServiceCidrs) clusterIps.Add(_rule.IsTo(cidr).Drop("Drop traffic to unallocated ClusterIPs"));
        Add(NftablesNames.ClusterIpsCheck, [.. clusterIps]);
    }

    /// <summary>The base chains, with kube-proxy's names, hooks and priorities.</summary>
    private void WriteHooks()
    {
        AddHook("filter-prerouting-pre-dnat", NftChainType.Filter, NftHookNumber.NF_INET_PRE_ROUTING, -110, Check(NftablesNames.FirewallCheck));
        AddHook("filter-output-pre-dnat", NftChainType.Filter, NftHookNumber.NF_INET_LOCAL_OUT, -110, Check(NftablesNames.FirewallCheck));
        AddHook(
            "filter-input", NftChainType.Filter, NftHookNumber.NF_INET_LOCAL_IN, 0,
            Check(NftablesNames.NodePortEndpointsCheck), Check(NftablesNames.ServiceEndpointsCheck));
        AddHook(
            "filter-forward", NftChainType.Filter, NftHookNumber.NF_INET_FORWARD, 0,
            Check(NftablesNames.ServiceEndpointsCheck), Check(NftablesNames.ClusterIpsCheck));
        AddHook(
            "filter-output", NftChainType.Filter, NftHookNumber.NF_INET_LOCAL_OUT, 0,
            Check(NftablesNames.ServiceEndpointsCheck), Check(NftablesNames.ClusterIpsCheck));
        AddHook("nat-prerouting", NftChainType.Nat, NftHookNumber.NF_INET_PRE_ROUTING, -100, _rule.Jump(NftablesNames.Services));
        AddHook("nat-output", NftChainType.Nat, NftHookNumber.NF_INET_LOCAL_OUT, -100, _rule.Jump(NftablesNames.Services));
        AddHook("nat-postrouting", NftChainType.Nat, NftHookNumber.NF_INET_POST_ROUTING, 100, _rule.Jump(NftablesNames.Masquerading));

        TableRule Check(string chain) => _rule.IsNew().Jump(chain);
    }

    private void AddHook(string name, NftChainType type, NftHookNumber hook, int priority, params ImmutableArray<TableRule> rules) =>
        _chains.Add(new TableChain(name, new NftHook(type, hook, priority), rules));

    private void Add(string name, params ImmutableArray<TableRule> rules) => _chains.Add(new TableChain(name, null, rules));

    /// <summary>A chain of rules on demand, which are in no order.</summary>
    private void AddOnDemand(string name) =>
        _chains.Add(new TableChain(name, null, _onDemand.TryGetValue(name, out var rules) ? [.. rules] : []) { IsUnordered = true });
}
