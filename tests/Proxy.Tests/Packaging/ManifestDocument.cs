using Shunt.Testing;
using YamlDotNet.RepresentationModel;

namespace Shunt.Proxy.Tests.Packaging;

/// <summary>One object in a manifest.</summary>
internal sealed record ManifestDocument(string File, YamlMappingNode Root)
{
    public string Kind => Text("kind");

    public string Name => Text("metadata", "name");

    /// <summary>The objects of a file below manifests, in its order.</summary>
    public static IEnumerable<ManifestDocument> Read(string file)
    {
        var yaml = new YamlStream();
        using var text = Open(file);
        yaml.Load(text);
        return [.. yaml.Documents.Select(document => new ManifestDocument(file, (YamlMappingNode)document.RootNode))];
    }

    /// <summary>The only object of a kind in a file.</summary>
    public static ManifestDocument Read(string file, string kind) => Read(file).Single(document => document.Kind == kind);

    /// <summary>The node at a path; numbers are indexes.</summary>
    public YamlNode At(params string[] path) => path.Aggregate((YamlNode)Root, static (node, step) => node[step]);

    /// <summary>The text at a path.</summary>
    public string Text(params string[] path) => ((YamlScalarNode)At(path)).Value ?? "";

    /// <summary>The container of a name, of the main ones or the init containers.</summary>
    public YamlMappingNode Container(string name) => PodSpecLists("containers", "initContainers")
        .OfType<YamlMappingNode>().Single(container => ((YamlScalarNode)container["name"]).Value == name);

    private IEnumerable<YamlNode> PodSpecLists(params string[] names) =>
        from name in names
        from item in (YamlSequenceNode)At("spec", "template", "spec", name)
        select item;

    private static StreamReader Open(string file) => System.IO.File.OpenText(Repository.PathOf(Path.Combine("manifests", file)));
}
