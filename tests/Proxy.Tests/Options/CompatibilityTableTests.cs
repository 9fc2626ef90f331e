using System.Text.RegularExpressions;
using Shunt.Proxy.Cli;
using Shunt.Proxy.Options;
using Shunt.Proxy.Options.Configuration;
using Shunt.Testing;

namespace Shunt.Proxy.Tests.Options;

/// <summary>docs/compatibility.md has a row for every flag and every field, and none for what is not there.</summary>
public sealed partial class CompatibilityTableTests
{
    private static readonly string[] Words = ["same", "better", "not applicable", "accepted, no effect", "ours"];

    [Fact]
    public void Every_flag_has_its_row() =>
        Assert.Equal(AgentFlags.All.Select(static flag => flag.Name).Order(StringComparer.Ordinal), Rows("Flags").Select(static row => row.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_field_has_its_row_in_the_order_of_the_file() =>
        Assert.Equal(KubeProxyConfigurationSchema.Schema.Paths, Rows("Fields of KubeProxyConfiguration").Select(static row => row.Name));

    [Theory]
    [InlineData("Flags")]
    [InlineData("Fields of KubeProxyConfiguration")]
    public void Every_row_compares_and_says_why(string section) => Assert.All(Rows(section), static row =>
    {
        Assert.Contains(row.Word, Words);
        Assert.True(row.Word == "same" || row.Why.Length > 0, $"{row.Name} is {row.Word}, but why or how?");
    });

    [Fact]
    public void What_has_no_effect_says_so()
    {
        var fields = Rows("Fields of KubeProxyConfiguration").Where(static row => row.Word is "accepted, no effect" or "not applicable").Select(static row => row.Name);
        var flags = Rows("Flags").Where(static row => row.Word == "accepted, no effect").Select(static row => AgentFlags.ByName[row.Name]).ToList();

        Assert.Equal(UnhonouredSettings.Fields.Order(StringComparer.Ordinal), fields.Order(StringComparer.Ordinal));
        Assert.All(flags, static flag => Assert.True(UnhonouredSettings.Fields.Contains(flag.Field) || UnhonouredSettings.Flags.Contains(flag.Name), flag.Name));
        Assert.Equal(
            AgentFlags.All.Where(static flag => UnhonouredSettings.Fields.Contains(flag.Field) || UnhonouredSettings.Flags.Contains(flag.Name)).Select(static flag => flag.Name).Order(StringComparer.Ordinal),
            flags.Select(static flag => flag.Name).Order(StringComparer.Ordinal));
    }

    private static List<(string Name, string Word, string Why)> Rows(string section)
    {
        var text = File.ReadAllText(Repository.PathOf("docs/compatibility.md"));
        var start = text.IndexOf($"\n## {section}\n", StringComparison.Ordinal);
        Assert.True(start >= 0, $"there is no section {section}");
        var end = text.IndexOf("\n## ", start + 1, StringComparison.Ordinal);
        return [.. Row().Matches(text[start..(end < 0 ? text.Length : end)]).Select(static row => (row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value.Trim()))];
    }

    [GeneratedRegex(@"^\| `([^`]+)` \| ([^|]+) \|([^|]*)\|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
