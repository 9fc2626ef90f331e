using System.Text;
using Shunt.Proxy.Logging;

namespace Shunt.Proxy.Tests.Logging;

public sealed class GoQuotingTests
{
    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("plain text", "\"plain text\"")]
    [InlineData("say \"hi\" \\ there", "\"say \\\"hi\\\" \\\\ there\"")]
    [InlineData("it's", "\"it's\"")]
    [InlineData("a\nb\r\tc", "\"a\\nb\\r\\tc\"")]
    [InlineData("\a\b\f\v", "\"\\a\\b\\f\\v\"")]
    [InlineData("\u0000\u001B[2J\u007F", "\"\\x00\\x1b[2J\\x7f\"")]
    [InlineData("\u0085\u00A0\u2028\uFEFF", "\"\\u0085\\u00a0\\u2028\\ufeff\"")]
    [InlineData("Größe 世界 é", "\"Größe 世界 é\"")]
    [InlineData("\U0001F600", "\"\U0001F600\"")]
    [InlineData("\U000E0001", "\"\\U000e0001\"")]
    [InlineData("\uE000", "\"\\ue000\"")]
    public void Text_is_quoted_as_Go_does(string text, string quoted)
    {
        var output = new StringBuilder();

        GoQuoting.AppendQuoted(output, text);

        Assert.Equal(quoted, output.ToString());
    }

    [Fact]
    public void Half_a_surrogate_pair_becomes_the_replacement_character()
    {
        var output = new StringBuilder();

        GoQuoting.AppendQuoted(output, "\uD800x"); // not as a test case's argument: the runner would replace it

        Assert.Equal("\"\uFFFDx\"", output.ToString());
    }

    [Fact]
    public void Without_quotes_only_what_is_invisible_is_escaped()
    {
        var output = new StringBuilder();

        GoQuoting.AppendBare(output, "FLAG: --x=\"a\\b\"\n");

        Assert.Equal("FLAG: --x=\"a\\b\"\\n", output.ToString());
    }
}
