using System.Globalization;
using Shunt.Proxy.Kubernetes;
using Shunt.Proxy.Options;
using Shunt.Proxy.Tests.Cli;
using Shunt.Testing.Kubernetes;
using YamlDotNet.RepresentationModel;

namespace Shunt.Proxy.Tests.Packaging;

/// <summary>The manifests and the agent say the same.</summary>
public sealed class DaemonSetTests : IDisposable
{
    private const string Base = "base/daemonset.yaml";
    private const string Hardened = "kubeadm-hardened/daemonset.yaml";

    private readonly string _directory = Directory.CreateTempSubdirectory("shunt-daemonset-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(Base, "init")]
    [InlineData(Base, "shunt")]
    [InlineData(Hardened, "init")]
    public async Task The_agent_takes_its_arguments_and_its_configuration(string file, string container)
    {
        using var cli = new CommandLineFixture();
        var node = ManifestDocument.Read(file, "DaemonSet").Container(container);
        var words = Words(node, "command").Concat(node.Children.ContainsKey("args") ? Words(node, "args") : []).ToList();
        var configuration = Path.Combine(_directory, "config.conf");
        File.WriteAllText(configuration, ManifestDocument.Read("base/configmap.yaml", "ConfigMap").Text("data", "config.conf"));
        var arguments = words.Skip(1).Select(word => word
            .Replace("/var/lib/kube-proxy/config.conf", configuration, StringComparison.Ordinal).Replace("$(NODE_NAME)", "node-1", StringComparison.Ordinal));

        Assert.Equal("/usr/local/bin/kube-proxy", words[0]);
        Assert.Equal(0, await cli.InvokeAsync([.. arguments]));
        Assert.Empty(cli.Errors);
        Assert.Equal(("node-1", "/var/lib/kube-proxy/kubeconfig.conf", container == "init"), (cli.Options.HostnameOverride, cli.Options.Kubeconfig, cli.Options.InitOnly));
    }

    [Fact]
    public void Its_kubeconfig_is_one()
    {
        var file = Path.Combine(_directory, "kubeconfig.conf");
        File.WriteAllText(file, ManifestDocument.Read("base/configmap.yaml", "ConfigMap").Text("data", "kubeconfig.conf")
            .Replace("/var/run/secrets/kubernetes.io/serviceaccount", _directory, StringComparison.Ordinal));
        using var certificates = new TestCertificates();
        File.WriteAllText(Path.Combine(_directory, "ca.crt"), certificates.AuthorityPem);
        File.WriteAllText(Path.Combine(_directory, "token"), "token");

        Assert.Equal("https://api-server.example:6443/", ClientConfig.Load(file, "", TimeProvider.System).Server.ToString());
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
