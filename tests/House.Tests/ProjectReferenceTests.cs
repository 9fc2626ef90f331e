using System.Xml.Linq;
using Shunt.Testing;

namespace Shunt.House.Tests;

/// <summary>The walls between the projects.</summary>
public sealed class ProjectReferenceTests
{
    [Theory]
    [InlineData("Model", "")]
    [InlineData("Netlink", "")]
    [InlineData("Backends", "Model, Netlink")]
    [InlineData("Proxy", "Backends, Model, Netlink")]
    public void A_project_references_just_these(string project, string expected) =>
        Assert.Equal(expected, string.Join(", ", Load(project).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension((string)r.Attribute("Include")!)).Order(StringComparer.Ordinal)));

    [Theory]
    [InlineData("Model")]
    [InlineData("Netlink")]
    public void Model_and_Netlink_depend_on_nothing(string project) =>
        Assert.DoesNotContain(Load(project).Descendants(), e => e.Name.LocalName is "PackageReference" or "FrameworkReference");

    [Fact]
    public void There_are_no_other_projects_in_src() =>
        Assert.Equal(
            ["Backends", "Model", "Netlink", "Proxy"],
            Directory.EnumerateDirectories(Repository.PathOf("src")).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("Backends")]
    [InlineData("Netlink")]
    public void Linq_is_not_even_in_sight(string project) =>
        Assert.Contains(Load(project).Descendants("Using"), u => (string?)u.Attribute("Remove") == "System.Linq");

    private static XDocument Load(string project) => XDocument.Load(Repository.PathOf($"src/{project}/{project}.csproj"));
}
