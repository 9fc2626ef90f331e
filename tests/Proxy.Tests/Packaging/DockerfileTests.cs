using System.Text.RegularExpressions;
using Shunt.Testing;

namespace Shunt.Proxy.Tests.Packaging;

/// <summary>The Dockerfile against the repository it is built from; <c>make image</c> is what performs it.</summary>
public sealed class DockerfileTests
{
    private static readonly string[] Lines = File.ReadAllLines(Repository.PathOf("Dockerfile"));

    private static readonly List<string> Sources =
    [
        .. Lines.Where(static line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from=", StringComparison.Ordinal))
            .SelectMany(static line => line.Split(' ')[1..^1]),
    ];

    [Fact]
    public void What_it_copies_is_there() =>
        Assert.All(Sources, static source => Assert.True(Path.Exists(Repository.PathOf(source)), source));

    [Fact]
    public void The_build_context_is_what_it_copies_and_no_more()
    {
        var context = File.ReadAllLines(Repository.PathOf(".dockerignore")).Where(static line => line.StartsWith('!')).Select(static line => line[1..]);

        Assert.Equal(Sources.Order(StringComparer.Ordinal), context.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_stage_it_copies_from_is_one_of_its_own()
    {
        var stages = Lines.Select(static line => Regex.Match(line, "^FROM .* AS (.*)$")).Where(static match => match.Success).Select(static match => match.Groups[1].Value);
        var used = Lines.Select(static line => Regex.Match(line, "--from=([^ ]*)")).Where(static match => match.Success).Select(static match => match.Groups[1].Value);

        Assert.Equal(stages.Order(StringComparer.Ordinal), used.Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_file_that_kubeadm_starts_is_in_the_image()
    {
        var command = ((YamlDotNet.RepresentationModel.YamlScalarNode)ManifestDocument.Read("base/daemonset.yaml", "DaemonSet").Container("shunt")["command"][0]).Value!; // checked below

        Assert.Contains($"ln -s shunt \"$root{command}\"", File.ReadAllText(Repository.PathOf(".ci/image-root.sh")), StringComparison.Ordinal);
    }
}
