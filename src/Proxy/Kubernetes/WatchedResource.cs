using System.Collections.Immutable;
using System.Text;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Kubernetes;

/// <summary>A resource of the API and which of its objects the agent wants.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Path">Below the server's URL.</param>
/// <param name="LabelSelector">Empty for none.</param>
/// <param name="FieldSelector">Empty for none.</param>
internal sealed record WatchedResource(ObjectKind Kind, string Path, string LabelSelector, string FieldSelector)
{
    /// <summary>Older servers do not have it, and the agent can do without.</summary>
    public bool IsOptional { get; private init; }

    /// <summary>The resource's name, as it is in RBAC rules.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>What kube-proxy's log lines call the part of it that watches the resource.</summary>
    public string Controller => Kind switch
    {
        ObjectKind.Service => "service config",
        ObjectKind.EndpointSlice => "endpoint slice config",
        ObjectKind.ServiceCidr => "serviceCIDR config",
        ObjectKind.Node => "node config",
        _ => throw new InvalidOperationException($"{Kind} is not watched"),
    };

    /// <summary>What kube-proxy watches, with the same selectors.</summary>
    /// <param name="nodeName">This node.</param>
    public static ImmutableArray<WatchedResource> All(string nodeName) =>
    [
        new(ObjectKind.Service, "api/v1/services", "!service.kubernetes.io/service-proxy-name", "spec.clusterIP!=None"),
        new(ObjectKind.EndpointSlice, "apis/discovery.k8s.io/v1/endpointslices", "!service.kubernetes.io/headless", ""),
        new(ObjectKind.ServiceCidr, "apis/networking.k8s.io/v1/servicecidrs", "", "") { IsOptional = true },
        new(ObjectKind.Node, "api/v1/nodes", "", $"metadata.name={nodeName}"),
    ];

    /// <summary>The path with the selectors and more parameters.</summary>
    public string Query(params ReadOnlySpan<(string Name, string Value)> parameters)
    {
        var query = new StringBuilder(Path);
        var separator = '?';
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[.. parameters, ("labelSelector", LabelSelector), ("fieldSelector", FieldSelector)])
        {
            if (value.Length == 0) continue;
            query.Append(separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            separator = '&';
        }

        return query.ToString();
    }
}
