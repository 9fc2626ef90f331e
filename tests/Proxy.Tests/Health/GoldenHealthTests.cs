using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Shunt.Model;
using Shunt.Proxy.Health;
using Shunt.Proxy.Http;
using Shunt.Proxy.Sources;
using Shunt.Proxy.State;
using Shunt.Testing;
using Shunt.Testing.Network;

namespace Shunt.Proxy.Tests.Health;

/// <summary>The answers that a running kube-proxy gave for a cluster of a hundred Services are given again, but for the times in them.</summary>
public sealed partial class GoldenHealthTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("iptables-legacy")]
    [InlineData("nftables")]
    public async Task Recorded_answers_are_given(string mode)
    {
        var recorded = Recorded(await File.ReadAllTextAsync(Repository.GoldenOrSkip($"http/{mode}.http"), Ct));
        await using var at = new HealthFixture(await LoadAsync(), "peer-node");
        at.Proxy.Started(IpFamily.IPv4);
        at.Proxy.Started(IpFamily.IPv6);
        at.Proxy.NodeChanged(at.Cluster.Node!.IsEligible); // it is in the recording
        at.Run().Sync();
        var pages = new HealthPages(at.Proxy, at.Time, static (_, _) => { });
        await using var server = await HttpServer.StartAsync(new IPEndPoint(at.V4, 0), pages.HandleAsync, NullLoggerFactory.Instance, Ct);

        Assert.True(recorded.Count >= 9);
        foreach (var (name, url, expected) in recorded)
        {
            if (name == "proxyMode") continue; // of the other server
            var answer = url.Length == 0
                ? await HttpExchange.GetAsync(server.Address, Ct, "/" + name)
                : await at.AskUntilAsync((ushort)new Uri(url).Port);

            Assert.Equal(WithoutTimes(expected), WithoutTimes(answer.WithoutDate));
            Assert.True(answer["Date"] is { } date && DateTimeOffset.TryParseExact(date, "r", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
        }

        Assert.Equal(recorded.Count(static r => r.Url.Length > 0), at.Logger.Count("Opening healthcheck"));
        Assert.Empty(at.Failures);
    }

    private static async Task<ClusterState> LoadAsync()
    {
        var options = new FileSourceOptions { Path = Repository.GoldenOrSkip("cluster.json"), NodeName = "peer-node" };
        var cluster = new ClusterState("peer-node", NullLogger.Instance);
        foreach (var listed in await new FileSource(options, TimeProvider.System, NullLogger.Instance).LoadAsync(Ct)) cluster.Apply(listed);
        return cluster;
    }

    /// <summary>Sections of a name, perhaps a URL, and an answer as curl writes it down, in the form of <see cref="HttpExchange.WithoutDate"/>.</summary>
    private static List<(string Name, string Url, string Answer)> Recorded(string text)
    {
        var found = new List<(string, string, string)>();
        foreach (var section in text.Split("### ", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = section.Split('\n').Select(static line => line.TrimEnd('\r')).ToList();
            var title = lines[0].Split(": ");
            var end = lines.IndexOf("");
            var headers = lines[2..end].Where(static line => !line.StartsWith("Date: ", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
            var length = int.Parse(headers.Single(static line => line.StartsWith("Content-Length: ", StringComparison.Ordinal))[16..], CultureInfo.InvariantCulture);
            var body = string.Join('\n', lines[(end + 1)..])[..length];
            found.Add((title[0], title.ElementAtOrDefault(1) ?? "", string.Join('\n', [lines[1], .. headers, "", body])));
        }

        return found;
    }

    // The length depends on how many digits the fractions of seconds have, which is all that may differ.
    private static string WithoutTimes(string answer)
    {
        var without = Time().Replace(answer, "TIME");
        return without == answer ? answer : Length().Replace(without, "");
    }

    [GeneratedRegex("""\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z""")]
    private static partial Regex Time();

    [GeneratedRegex("""Content-Length: \d+\n""")]
    private static partial Regex Length();
}
