using System.Text;
using Shunt.Proxy.Sources.Manifests;
using Shunt.Proxy.State;
using Shunt.Testing;

namespace Shunt.Proxy.Tests.Sources.Manifests;

public sealed class ManifestParserTests
{
    private const string JsonService = """{"apiVersion":"v1","kind":"Service","metadata":{"name":"a"},"spec":{"clusterIP":"10.0.0.1"}}""";

    [Fact]
    public void Documents_lists_and_other_kinds_in_one_YAML_file()
    {
        var entries = Parse("""
            # a comment
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop}
            spec: {clusterIP: 10.96.0.10, ports: [{name: http, port: 80, nodePort: 0x7530}]}
            ---
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: ignored}
            ---
            apiVersion: serving.knative.dev/v1
            kind: Service
            metadata: {name: ignored}
            ---
            apiVersion: v1
            kind: List
            items:
            - apiVersion: discovery.k8s.io/v1
              kind: EndpointSlice
              metadata: {name: web-x, namespace: shop}
              addressType: IPv4
            - apiVersion: v1
              kind: Node
              metadata: {name: node-a}
            ---
            apiVersion: networking.k8s.io/v1
            kind: ServiceCIDRList
            items:
            - metadata: {name: kubernetes}
              spec: {cidrs: [10.96.0.0/12]}
            """);
        Assert.Equal(
            ["Service shop/web f.yaml:2", "EndpointSlice shop/web-x f.yaml:19", "Node node-a f.yaml:23", "ServiceCidr kubernetes f.yaml:30"],
            entries.Select(static e => $"{e.Kind} {e.Decoded.Name} {e.File}:{e.Line}"));
        Assert.Equal(30000, Assert.IsType<ServiceObject>(entries[0].Decoded.Object).Ports[0].NodePort);
    }

    [Fact]
    public void Anchors_aliases_and_merge_keys_are_expanded()
    {
        var entries = Parse("""
            apiVersion: v1
            kind: Service
            metadata: &m {name: web, namespace: &ns shop}
            spec:
              type: NodePort
              ports:
              - &p {port: 80, protocol: UDP, name: a}
              - {<<: *p, name: b, nodePort: 30000}
              - <<: [{port: 81}, *p]
                name: c
              externalIPs: ["192.0.2.1"]
            """);
        var ports = Assert.IsType<ServiceObject>(entries[0].Decoded.Object).Ports;
        Assert.Equal("a Udp 80 0, b Udp 80 30000, c Udp 81 0", string.Join(", ", ports.Select(static p => $"{p.Name} {p.Protocol} {p.Port} {p.NodePort}")));
    }

    [Theory]
    [InlineData("80", "80")]
    [InlineData("'80'", "\"80\"")]
    [InlineData("!!str 80", "\"80\"")]
    [InlineData("0o17", "15")]
    [InlineData("-1", "-1")]
    [InlineData("1.5", "1.5")]
    [InlineData("1e3", "1000")]
    [InlineData("true", "true")]
    [InlineData("\"true\"", "\"true\"")]
    [InlineData("yes", "\"yes\"")]
    [InlineData("~", "null")]
    [InlineData("", "null")]
    [InlineData("10.0.0.1", "\"10.0.0.1\"")]
    [InlineData("2026-11-22", "\"2026-11-22\"")]
    [InlineData(".inf", "\".inf\"")]
    public void Scalars_mean_what_the_core_schema_says(string yaml, string json) =>
        Assert.Equal($$"""{"x":{{json}}}""", Encoding.UTF8.GetString(YamlDocument.ParseAll($"x: {yaml}")[0].Json.Span));

    [Fact]
    public void JSON_objects_may_follow_each_other()
    {
        var entries = Parse(JsonService + "\n\n" + JsonService.Replace("\"a\"", "\"b\"", StringComparison.Ordinal), "f.json");
        Assert.Equal(["default/a f.json:1", "default/b f.json:3"], entries.Select(static e => $"{e.Decoded.Name} {e.File}:{e.Line}"));
    }

    [Fact]
    public void The_items_of_a_kubectl_list_come_before_its_kind()
    {
        var entries = Parse($"{{\n\"apiVersion\":\"v1\",\"items\":[\n{JsonService},\n{JsonService.Replace("\"10.0.0.1\"", "5", StringComparison.Ordinal)}],\"kind\":\"List\"}}", "f.json");
        Assert.Equal([3, 4], entries.Select(static e => e.Line));
    }

    [Theory]
    [InlineData("f.json", "{\n\"kind\": \"Service\",\n}", "f.json:3: ")]
    [InlineData("f.yaml", "a: 1\nb: [\n", "f.yaml:")]
    [InlineData("f.yaml", "kind: Service\n---\na:\n\t- tab", "f.yaml:")]
    [InlineData("f.yaml", "apiVersion: v1\n---\nkind: Service", "f.yaml:1: has no kind")]
    [InlineData("f.yaml", "just words", "f.yaml:1: is not an object")]
    [InlineData("f.yaml", "kind: List\nitems:\n- 7", "f.yaml:3: items[0] is not an object")]
    [InlineData("f.yaml", "kind: List\nitems: 7", "f.yaml:1: items is not a list")]
    [InlineData("f.yaml", "kind: A\nkind: B", "f.yaml:2: ")]
    [InlineData("f.yaml", "kind: &a [*a]", "f.yaml:1: ")]
    [InlineData("f.yaml", "kind: *nobody", "f.yaml:1: ")]
    public void What_cannot_be_read_is_named_with_its_line(string file, string text, string message)
    {
        var error = Assert.Throws<ConfigurationException>(() => Parse(text, file));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Invalid_UTF8_is_named_with_its_line()
    {
        var error = Assert.Throws<ConfigurationException>(() => new ManifestParser().Parse("f.yaml", new byte[] { (byte)'a', (byte)'\n', 0xFF }));
        Assert.Equal("f.yaml:2: is not valid UTF-8", error.Message);
    }

    [Fact]
    public void Aliases_of_aliases_do_not_fill_the_memory()
    {
        var text = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for (var i = 1; i < 12; i++) text.Append($"a{i}: &a{i} [{string.Join(",", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        Assert.Throws<ConfigurationException>(() => Parse(text.ToString()));
    }

    [Fact]
    public void What_kubectl_prints_of_a_whole_cluster_is_read()
    {
        var content = File.ReadAllBytes(Repository.GoldenOrSkip("cluster.json"));
        var entries = new ManifestParser().Parse("cluster.json", content);
        Assert.Equal(209, entries.Length);
        Assert.All(entries, static e => Assert.Equal("", e.Decoded.Error));
    }

    private static System.Collections.Immutable.ImmutableArray<ManifestEntry> Parse(string text, string file = "f.yaml") =>
        new ManifestParser().Parse(file, Encoding.UTF8.GetBytes(text));
}
