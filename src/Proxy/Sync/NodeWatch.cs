using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Shunt.Model;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Sync;

/// <summary>
/// Decides when enough is known about this node to make rules for it, and notices afterwards what changes about it. Waits as long as kube-proxy
/// does, but not longer than until the node is there, where kube-proxy looks once a second.
/// </summary>
internal sealed class NodeWatch
{
    /// <summary>How long to wait for the node to exist and have an address.</summary>
    public static readonly TimeSpan AddressTimeout = TimeSpan.FromSeconds(30);

    /// <summary>How long to wait, after that, for its pod networks.</summary>
    public static readonly TimeSpan PodCidrTimeout = TimeSpan.FromMinutes(5);

    private readonly string _name;
    private readonly SyncSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private Stage _stage;
    private long _since;
    private NodeObject? _seen;
    private ImmutableArray<IpAddr> _ips = [];
    private ImmutableArray<IpPrefix> _podCidrs = [];

    /// <summary>Nothing is known of the node yet.</summary>
    /// <param name="name">The node's name.</param>
    /// <param name="settings">Whether to wait, and for what.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told what is waited for, and what changes.</param>
    public NodeWatch(string name, SyncSettings settings, TimeProvider time, ILogger logger)
    {
        _name = name;
        _settings = settings;
        _time = time;
        _logger = logger;
    }

    private enum Stage
    {
        New,
        WaitingForAddress,
        Addressed,
        WaitingForPodCidrs,
        Ready,
    }

    /// <summary>How long until waiting ends, if no event comes; zero when there is nothing to wait for.</summary>
    public TimeSpan DueIn
    {
        get
        {
            var timeout = _stage switch
            {
                Stage.WaitingForAddress => AddressTimeout,
                Stage.WaitingForPodCidrs => PodCidrTimeout,
                _ => TimeSpan.Zero,
            };
            var left = timeout == TimeSpan.Zero ? timeout : timeout - _time.GetElapsedTime(_since);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Whether rules can be made. To be asked when the cluster has been listed, after every change, and after <see cref="DueIn"/>.</summary>
    /// <param name="node">The node's object; null when there is none.</param>
    /// <exception cref="AgentStoppedException">The node has no pod networks, and there is no sense in waiting for them any longer.</exception>
    public bool IsReady(NodeObject? node)
    {
        if (_stage < Stage.Addressed && !IsAddressed(node)) return false;
        return _stage == Stage.Ready || HasPodCidrs(node);
    }

    /// <summary>Rules are about to be made for this node: remembers what they are made for, and says it.</summary>
    /// <param name="node">The node's object; null when there is none.</param>
    /// <param name="address">The node's address of its primary family.</param>
    public void Begin(NodeObject? node, IpAddr address)
    {
        _seen = node;
        _ips = NodeInfoResolver.NodeIps(node);
        _podCidrs = node?.PodCidrs ?? [];
        if (_settings.WaitsForNode && node is null) Log.NodeMissing(_logger, _name);
        else if (_settings.WaitsForNode && _ips.IsEmpty) Log.NodeWithoutIps(_logger, _name);
        if (!_ips.IsEmpty) Log.NodeIps(_logger, _ips);
        if (address.IsLoopback) Log.AssumingLoopback(_logger);
    }

    /// <summary>Compares the node with what it was. To be called after every change; costs nothing when there was none.</summary>
    /// <exception cref="AgentStoppedException">The pod networks changed, for which the rules were made: only a new start helps.</exception>
    public void Check(NodeObject? node)
    {
        if (ReferenceEquals(node, _seen)) return;
        _seen = node;
        var podCidrs = node?.PodCidrs ?? [];
        if (_settings.NeedsPodCidrs && !podCidrs.AsSpan().SequenceEqual(_podCidrs.AsSpan()))
        {
            Log.PodCidrsChanged(_logger, _name, podCidrs, _podCidrs);
            throw new AgentStoppedException("PodCIDRs changed for the node");
        }

        var ips = NodeInfoResolver.NodeIps(node);
        if (ips.AsSpan().SequenceEqual(_ips.AsSpan())) return;
        Log.NodeIpsChanged(_logger, _name, ips, _ips);
        _ips = ips;
    }

    private bool IsAddressed(NodeObject? node)
    {
        var hasAddress = node is { Addresses.IsEmpty: false };
        if (_settings.WaitsForNode && !hasAddress)
        {
            if (Enter(Stage.WaitingForAddress)) Log.WaitingForNode(_logger, _name);
            if (DueIn > TimeSpan.Zero) return false;
        }

        Enter(Stage.Addressed);
        return true;
    }

    private bool HasPodCidrs(NodeObject? node)
    {
        if (_settings.NeedsPodCidrs && node is not { PodCidrs.IsEmpty: false })
        {
            if (!_settings.WaitsForNode)
            {
                throw new AgentStoppedException($"node \"{_name}\" " + (node is null ? "does not exist" : "has no podCIDRs")
                    + ", which --detect-local-mode=NodeCIDR needs");
            }

            if (Enter(Stage.WaitingForPodCidrs)) Log.WaitingForPodCidrs(_logger, _name);
            if (DueIn > TimeSpan.Zero) return false;
            throw new AgentStoppedException(node is null
                ? $"timeout waiting for node \"{_name}\" to exist"
                : $"timeout waiting for PodCIDR allocation on node \"{_name}\"");
        }

        Enter(Stage.Ready);
        return true;
    }

    private bool Enter(Stage stage)
    {
        if (_stage == stage) return false;
        _stage = stage;
        _since = _time.GetTimestamp();
        return true;
    }
}
