using System.Globalization;
using Shunt.Proxy.Cli;
using Shunt.Proxy.Kubernetes;
using Shunt.Proxy.Options;
using YamlDotNet.RepresentationModel;

namespace Shunt.Proxy.Tests.Packaging;

/// <summary>The manifests and the agent say the same.</summary>
public sealed class DaemonSetTests
{
    private const string Base = "base/daemonset.yaml";
    private const string Hardened = "kubeadm-hardened/daemonset.yaml";

    [Theory]
    [InlineData(Base, "init")]
    [InlineData(Base, "shunt")]
    [InlineData(Hardened, "init")]
    public void Its_arguments_are_flags_of_the_agent(string file, string container)
    {
        var node = ManifestDocument.Read(file, "DaemonSet").Container(container);
        var words = Words(node, "command").Concat(node.Children.ContainsKey("args") ? Words(node, "args") : []).ToList();

        Assert.Equal("/usr/local/bin/kube-proxy", words[0]);
        Assert.Empty(words.Skip(1).Select(word => word.Split('=')[0]).Except(AgentFlags.All.Select(flag => flag.Name)));
    }

    [Theory]
    [InlineData(Base, "shunt", "startupProbe", "/livez")]
    [InlineData(Base, "shunt", "livenessProbe", "/livez")]
    [InlineData(Base, "shunt", "readinessProbe", "/readyz")]
    [InlineData(Hardened, "kube-proxy", "startupProbe", "/livez")]
    [InlineData(Hardened, "kube-proxy", "livenessProbe", "/livez")]
    [InlineData(Hardened, "kube-proxy", "readinessProbe", "/readyz")]
    public void Its_probes_ask_where_the_agent_listens(string file, string container, string probe, string path)
    {
        var get = ManifestDocument.Read(file, "DaemonSet").Container(container)[probe]["httpGet"];

        Assert.Equal(path, Text(get["path"]));
        Assert.Equal(new ShuntOptions().HealthzBindAddress!.Port.ToString(CultureInfo.InvariantCulture), Text(get["port"])); // by default it is on
    }

    [Fact]
    public void Its_ports_are_those_the_agent_listens_on()
    {
        var ports = (YamlSequenceNode)ManifestDocument.Read(Base, "DaemonSet").Container("shunt")["ports"];
        var options = new ShuntOptions();

        Assert.Equal(
            [("healthz", $"{options.HealthzBindAddress!.Port}"), ("metrics", $"{options.MetricsBindAddress.Port}")], // by default it is on
            ports.Select(port => (Text(port["name"]), Text(port["containerPort"]))));
    }

    [Theory]
    [InlineData(Base, "shunt")]
    [InlineData(Hardened, "kube-proxy")]
    public void The_container_that_stays_may_do_one_thing(string file, string container)
    {
        var document = ManifestDocument.Read(file, "DaemonSet");
        var security = document.Container(container)["securityContext"];

        Assert.Equal(["ALL"], Words(security["capabilities"], "drop"));
        Assert.Equal(["NET_ADMIN"], Words(security["capabilities"], "add"));
        Assert.Equal("false", Text(security["allowPrivilegeEscalation"]));
        Assert.Equal("true", Text(security["readOnlyRootFilesystem"]));
        Assert.Equal("RuntimeDefault", document.Text("spec", "template", "spec", "securityContext", "seccompProfile", "type"));
        Assert.Equal("true", Text(document.Container("init")["securityContext"]["privileged"]));
    }

    [Fact]
    public void It_is_on_every_node_and_is_replaced_node_by_node()
    {
        var document = ManifestDocument.Read(Base, "DaemonSet");

        Assert.Equal("true", document.Text("spec", "template", "spec", "hostNetwork"));
        Assert.Equal("system-node-critical", document.Text("spec", "template", "spec", "priorityClassName"));
        Assert.Equal(["operator: Exists"], ((YamlSequenceNode)document.At("spec", "template", "spec", "tolerations"))
            .Cast<YamlMappingNode>().SelectMany(map => map.Children.Select(pair => $"{Text(pair.Key)}: {Text(pair.Value)}")));
        Assert.Equal("10%", document.Text("spec", "updateStrategy", "rollingUpdate", "maxUnavailable"));
    }

    [Fact]
    public void The_volumes_that_are_mounted_are_there()
    {
        var document = ManifestDocument.Read(Base, "DaemonSet");
        var volumes = ((YamlSequenceNode)document.At("spec", "template", "spec", "volumes")).Select(volume => Text(volume["name"])).ToList();
        var mounted = new[] { "init", "shunt" }.SelectMany(name => (YamlSequenceNode)document.Container(name)["volumeMounts"]).Select(mount => Text(mount["name"]));

        Assert.Equal(volumes.Order(), mounted.Distinct().Order());
    }

    [Fact]
    public void The_role_allows_what_the_agent_asks_for_and_nothing_else()
    {
        var rules = (YamlSequenceNode)ManifestDocument.Read("base/rbac.yaml", "ClusterRole").At("rules");
        var allowed =
            from rule in rules
            from pair in Words(rule, "apiGroups").SelectMany(_ => Words(rule, "resources"), (api, resource) => $"{api}/{resource}")
            from verb in Words(rule, "verbs")
            select $"{verb} {pair}";
        var asked =
            from resource in WatchedResource.All("node")
            from verb in new[] { "list", "watch" }
            select $"{verb} {ApiGroup(resource)}/{resource.Name}";

        Assert.Equal(
            asked.Concat(["create events.k8s.io/events", "patch events.k8s.io/events", "update events.k8s.io/events"]).Order(StringComparer.Ordinal),
            allowed.Order(StringComparer.Ordinal));
    }

    // "apis/GROUP/VERSION/RESOURCE", or "api/v1/RESOURCE" for the group without a name.
    private static string ApiGroup(WatchedResource resource) => resource.Path.StartsWith("apis/", StringComparison.Ordinal) ? resource.Path.Split('/')[1] : "";

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value ?? "";

    private static IEnumerable<string> Words(YamlNode node, string field) => ((YamlSequenceNode)node[field]).Select(Text);
}
