using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Shunt.Testing.Kubernetes;

/// <summary>What an API server checks of an events.k8s.io/v1 Event.</summary>
public static partial class FakeEventValidation
{
    /// <summary>What is wrong with a new event; null when nothing is.</summary>
    public static string? Check(JsonObject e, string ns)
    {
        var regarding = Text(e, "regarding", "namespace");
        if (Text(e, "apiVersion") != "events.k8s.io/v1" || Text(e, "kind") != "Event") return "kind: not an events.k8s.io/v1 Event";
        if (!ObjectName().IsMatch(Text(e, "metadata", "name")) || Text(e, "metadata", "name").Length > 253) return "metadata.name: not a DNS subdomain";
        if (Text(e, "metadata", "namespace") != ns) return "metadata.namespace: does not match the request";
        if (regarding.Length == 0 && ns is not ("default" or "kube-system")) return "involvedObject.namespace: does not match event.namespace";
        if (regarding.Length > 0 && regarding != ns) return "involvedObject.namespace: does not match event.namespace";
        if (!MicroTime().IsMatch(Text(e, "eventTime"))) return "eventTime: Required value";
        if (!QualifiedName().IsMatch(Text(e, "reportingController"))) return "reportingController: Invalid value";
        foreach (var field in new[] { "reportingInstance", "action", "reason" })
        {
            if (Text(e, field).Length is 0 or > 128) return $"{field}: must have 1 to 128 characters";
        }

        if (Text(e, "type") is not ("Normal" or "Warning")) return "type: has invalid value";
        if (Encoding.UTF8.GetByteCount(Text(e, "note")) > 1024) return "note: can have at most 1024 bytes";
        if (e.Any(static field => field.Key.StartsWith("deprecated", StringComparison.Ordinal))) return "deprecated fields: must be unset";
        return CheckSeries(e);
    }

    /// <summary>What is wrong with a change of an event; null when nothing is.</summary>
    public static string? CheckChange(JsonObject before, JsonObject after)
    {
        foreach (var (name, value) in after)
        {
            if (name != "series" && !JsonNode.DeepEquals(value, before[name])) return $"{name}: field is immutable";
        }

        return CheckSeries(after);
    }

    private static string? CheckSeries(JsonObject e)
    {
        if (e["series"] is not JsonObject series) return null;
        if (series["count"]!.GetValue<int>() < 2) return "series.count: should be at least 2";
        return MicroTime().IsMatch(Text(series, "lastObservedTime")) ? null : "series.lastObservedTime: Required value";
    }

    private static string Text(JsonObject value, params ReadOnlySpan<string> path)
    {
        JsonNode? node = value;
        foreach (var name in path) node = node?[name];
        return Convert.ToString(node, CultureInfo.InvariantCulture) ?? "";
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")]
    private static partial Regex ObjectName();

    [GeneratedRegex(@"^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$")]
    private static partial Regex QualifiedName();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")]
    private static partial Regex MicroTime();
}
