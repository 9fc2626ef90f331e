using System.Collections.Immutable;
using Shunt.Proxy.Options;
using Shunt.Testing;
using YamlDotNet.RepresentationModel;

namespace Shunt.Proxy.Tests.Scenarios;

/// <summary>A behaviour, as a file in tests/Scenarios tells it; the format is described in the README there.</summary>
internal sealed record Scenario(ScenarioSettings Settings, ImmutableArray<ScenarioStep> Steps)
{
    /// <summary>Where the files are.</summary>
    public static string Directory { get; } = Repository.PathOf("tests/Scenarios");

    public static Scenario Load(string name, ProxyMode mode)
    {
        var stream = new YamlStream();
        using (var reader = File.OpenText(Path.Combine(Directory, name + ".yaml"))) stream.Load(reader);
        var settings = new ScenarioSettings { Mode = mode };
        ImmutableArray<ScenarioStep> steps = [];
        foreach (var (key, value) in Children(stream.Documents[0].RootNode))
        {
            if (key == "settings") settings = settings.With((YamlMappingNode)value);
            else if (key == "steps") steps = [.. Sequence(value).Select(node => ReadStep(node, settings))];
            else if (key is not ("title" or "rows")) throw new FormatException($"no such key: {key}");
        }

        return new Scenario(settings, steps);
    }

    private static ScenarioStep ReadStep(YamlNode node, ScenarioSettings settings)
    {
        var step = new ScenarioStep { Name = "" };
        foreach (var (key, value) in Children(node))
        {
            step = key switch
            {
                "step" => step with { Name = Text(value) },
                "files" => step with { Files = [.. Children(value).Select(static file => (file.Key, NullableText(file.Value)))] },
                "restart" => step with { Restart = settings.With((YamlMappingNode)value) },
                "fails" => step with { Fails = bool.Parse(Text(value)) },
                "packets" => step with { Packets = [.. Children(value).Select(static packet => ScenarioPacket.Parse(packet.Key, Text(packet.Value)))] },
                "rules" => step with { Rules = Lines(value) },
                "noRules" => step with { NoRules = Lines(value) },
                "allRules" => step with { AllRules = Text(value) },
                "sent" => step with { Sent = Text(value) },
                "nftables" => ReadTable(step, value),
                _ => throw new FormatException($"no such key: {key}"),
            };
        }

        return step;
    }

    private static ScenarioStep ReadTable(ScenarioStep step, YamlNode node)
    {
        foreach (var (key, value) in Children(node))
        {
            step = key switch
            {
                "written" => step with { Written = Text(value) },
                "elements" => step with { Elements = Text(value) },
                "rules" => step with { TableRules = Lines(value) },
                _ => throw new FormatException($"no such key: {key}"),
            };
        }

        return step;
    }

    private static IEnumerable<(string Key, YamlNode Value)> Children(YamlNode node) =>
        ((YamlMappingNode)node).Children.Select(static child => (Text(child.Key), child.Value));

    private static IEnumerable<YamlNode> Sequence(YamlNode node) => ((YamlSequenceNode)node).Children;

    private static ImmutableArray<string> Lines(YamlNode node) => [.. Text(node).Split('\n', StringSplitOptions.RemoveEmptyEntries)];

    private static string Text(YamlNode node) => NullableText(node) ?? "";

    private static string? NullableText(YamlNode node) =>
        node is YamlScalarNode { Value: var text, Style: var style } && (style != YamlDotNet.Core.ScalarStyle.Plain || text is not (null or "" or "null" or "~")) ? text : null;
}
