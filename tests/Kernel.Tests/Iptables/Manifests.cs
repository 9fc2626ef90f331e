using System.Globalization;
using System.Text;

namespace Shunt.Kernel.Tests.Iptables;

/// <summary>A directory of manifests, which the agent watches, and short ways to write them.</summary>
internal sealed class Manifests : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("shunt-manifests").FullName;

    /// <summary>A Service <c>ns/name</c> with one port 80 without a name.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="clusterIp">Its cluster IP, which says the family.</param>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="spec">More fields of the spec, in flow style: <c>type: NodePort, ...</c>.</param>
    /// <param name="nodePort">Its node port; zero for none.</param>
    /// <param name="vip">Its load-balancer IP; none when empty.</param>
    public static string Service(string name, string clusterIp, string protocol = "TCP", string spec = "", int nodePort = 0, string vip = "")
    {
        var text = new StringBuilder($$"""
            apiVersion: v1
            kind: Service
            metadata: { namespace: ns, name: {{name}} }
            spec: { clusterIP: '{{clusterIp}}', ports: [{ port: 80, protocol: {{protocol}}, targetPort: 8080
            """);
        if (nodePort != 0) text.Append(CultureInfo.InvariantCulture, $", nodePort: {nodePort}");
        text.Append(" }]").Append(spec.Length == 0 ? "" : ", ").Append(spec).Append(" }\n");
        if (vip.Length > 0) text.Append(CultureInfo.InvariantCulture, $"status: {{ loadBalancer: {{ ingress: [{{ ip: '{vip}' }}] }} }}\n");
        return text.Append("---\n").ToString();
    }

    /// <summary>The slice of a Service: endpoints with port 8080; <c>*</c> behind an address says that it is on this node.</summary>
    public static string Slice(string service, string protocol, params IEnumerable<string> endpoints)
    {
        var text = new StringBuilder();
        var all = endpoints.ToList();
        var family = all.Exists(static e => e.Contains(':', StringComparison.Ordinal)) ? "IPv6" : "IPv4";
        text.Append(CultureInfo.InvariantCulture, $$"""
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: { namespace: ns, name: {{service}}-1, labels: { kubernetes.io/service-name: {{service}} } }
            addressType: {{family}}
            ports: [{ name: '', port: 8080, protocol: {{protocol}} }]
            endpoints:{{(all.Count == 0 ? " []" : "")}}

            """);
        foreach (var endpoint in all)
        {
            var node = endpoint.EndsWith('*') ? "node-1" : "node-2";
            text.Append(CultureInfo.InvariantCulture, $"- {{ addresses: ['{endpoint.TrimEnd('*')}'], nodeName: {node} }}\n");
        }

        return text.Append("---\n").ToString();
    }

    /// <summary>Writes a file at once, as an editor that knows its trade does.</summary>
    public void Write(string file, params string[] documents)
    {
        var hidden = System.IO.Path.Combine(Path, "." + file + ".tmp");
        File.WriteAllText(hidden, string.Concat(documents));
        File.Move(hidden, System.IO.Path.Combine(Path, file + ".yaml"), overwrite: true);
    }

    public void Delete(string file) => File.Delete(System.IO.Path.Combine(Path, file + ".yaml"));

    /// <summary>The flags that make an agent of this directory's node.</summary>
    public string[] Flags(string variant) =>
        ["--from", Path, .. Mode(variant), "--hostname-override", "node-1", "--cluster-cidr", "10.244.0.0/16,fd00:10:244::/56"];

    /// <summary>The flags of a mode: nft and legacy are the variants of iptables mode, anything else is nftables mode, with the node ports at the node's main address.</summary>
    public static string[] Mode(string variant) => variant is "nft" or "legacy"
        ? ["--shunt-iptables-variant", variant]
        : ["--proxy-mode", "nftables", "--nodeport-addresses", "198.51.100.0/24,fd00:c0de::/64"];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
