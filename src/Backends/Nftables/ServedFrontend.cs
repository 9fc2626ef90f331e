using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Backends.Nftables;

/// <summary>A way into a Service as the kernel has it.</summary>
public sealed record ServedFrontend
{
    /// <summary>The Service port: <c>namespace/name:port</c>, cut where it is longer than a comment may be.</summary>
    public required string Service { get; init; }

    /// <summary>The address; <c>default</c> for a node port.</summary>
    public IpAddr Address { get; init; }

    /// <summary>The port.</summary>
    public ushort Port { get; init; }

    /// <summary>The protocol.</summary>
    public Protocol Protocol { get; init; }

    /// <summary>What it is: "ClusterIP", "external", "NodePort", or "address" for one of the former two.</summary>
    public required string Kind { get; init; }

    /// <summary>Who gets what is listed: "Cluster" for everybody; with policy Local "Local (pods, node)" or "Local (others)".</summary>
    public string Policy { get; init; } = "Cluster";

    /// <summary>The endpoints as text, slot by slot; empty when packets are refused.</summary>
    public ImmutableArray<string> Endpoints { get; init; } = [];

    /// <summary>What becomes of packets without endpoints: "reject" or "drop"; empty when there are endpoints.</summary>
    public string Verdict { get; init; } = "";

    /// <summary>For how many seconds a client stays with its endpoint; zero without affinity.</summary>
    public int AffinitySeconds { get; init; }

    /// <summary>Only clients of the Service's source ranges are let in.</summary>
    public bool HasSourceRanges { get; init; }
}
