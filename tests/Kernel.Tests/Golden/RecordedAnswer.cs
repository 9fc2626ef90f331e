using System.Globalization;

namespace Shunt.Kernel.Tests.Golden;

/// <summary>An HTTP answer as it was recorded.</summary>
/// <param name="Name">What was asked: the heading over it.</param>
/// <param name="Url">Where; empty where the heading has none.</param>
/// <param name="Status">The status code.</param>
/// <param name="Headers">The headers as lines, sorted, without the date.</param>
/// <param name="Body">The body.</param>
internal sealed record RecordedAnswer(string Name, string Url, int Status, IReadOnlyList<string> Headers, string Body)
{
    /// <summary>Reads a file of answers, each under a line <c>### name: URL</c>.</summary>
    public static IReadOnlyList<RecordedAnswer> Read(string path)
    {
        var answers = new List<RecordedAnswer>();
        var text = File.ReadAllText(path).ReplaceLineEndings("\n");
        while (text.Length > 0)
        {
            var (heading, afterHeading) = Cut(text, "\n");
            var (head, rest) = Cut(afterHeading, "\n\n");
            var lines = head.Split('\n');
            var headers = lines.Skip(1).Where(static line => !line.StartsWith("Date:", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
            var length = headers.Single(static line => line.StartsWith("Content-Length: ", StringComparison.Ordinal))["Content-Length: ".Length..];
            var size = int.Parse(length, CultureInfo.InvariantCulture);
            var (name, url) = Cut(heading["### ".Length..], ": ");
            answers.Add(new RecordedAnswer(name, url, int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), headers, rest[..size]));
            text = rest[size..].TrimStart('\n');
        }

        return answers;
    }

    private static (string Before, string After) Cut(string text, string at)
    {
        var index = text.IndexOf(at, StringComparison.Ordinal);
        return index < 0 ? (text, "") : (text[..index], text[(index + at.Length)..]);
    }
}
