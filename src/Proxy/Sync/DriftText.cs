using System.Text;
using Shunt.Backends;

namespace Shunt.Proxy.Sync;

/// <summary>What has drifted, short enough for a log line: what is missing has a plus, as it is going to be added, and what is too much a minus.</summary>
internal static class DriftText
{
    private const int MaxServices = 3;
    private const int MaxRules = 3;
    private const int MaxLength = 160; // of one rule
    private const string More = "...";

    /// <summary>The first changes.</summary>
    public static string Of(Drift drift)
    {
        var text = new StringBuilder();
        foreach (var change in drift.Changes.Take(MaxServices)) Append(text, change);
        if (drift.Count > MaxServices) text.Append("; ").Append(More);
        return text.ToString();
    }

    private static void Append(StringBuilder text, ServiceChange change)
    {
        if (text.Length > 0) text.Append("; ");
        text.Append(change.Service.Length > 0 ? change.Service : "shared").Append(':');
        foreach (var rule in change.Added.Take(MaxRules)) text.Append(" +[").Append(Shorten(rule)).Append(']');
        foreach (var rule in change.Removed.Take(MaxRules)) text.Append(" -[").Append(Shorten(rule)).Append(']');
        if (change.Added.Length > MaxRules || change.Removed.Length > MaxRules) text.Append(' ').Append(More);
    }

    private static string Shorten(string rule) => rule.Length <= MaxLength ? rule : string.Concat(rule.AsSpan(0, MaxLength - More.Length), More);
}
