using System.Collections.Immutable;

namespace Shunt.Bench;

/// <summary>What kube-proxy feeds to a tool to bring a cluster into the kernel. It keeps no state: a change is relative to the whole cluster.</summary>
internal interface IKubeProxyLayout
{
    /// <summary>The tool.</summary>
    string Program { get; }

    /// <summary>The tool's arguments.</summary>
    ImmutableArray<string> Arguments { get; }

    /// <summary>Everything, into a kernel in which there is nothing.</summary>
    string Full(int services);

    /// <summary>A change.</summary>
    /// <param name="change">Of which kind.</param>
    /// <param name="number">The how manieth of the kind it is, as <see cref="SizedCluster"/> counts them.</param>
    /// <param name="services">How many Services there were at first.</param>
    string Change(ClusterChange change, int number, int services);

    /// <summary>What kube-proxy does a while after a Service was removed; empty for nothing.</summary>
    /// <param name="service">The Service's number.</param>
    string AfterRemoval(int service);

    /// <summary>Removes everything.</summary>
    string Clear();
}
