using System.Text.Encodings.Web;
using System.Text.Json;

namespace Shunt.Proxy.Cli;

/// <summary>
/// A plan for programs, one JSON object:
/// <c>inSync</c> (true when nothing has to change), <c>toAdd</c>, <c>toRemove</c> (numbers of rules), <c>servicePortsChanged</c>, and
/// <c>families</c>, each with <c>family</c> ("IPv4", "IPv6"), <c>mode</c>, and <c>changes</c>: <c>service</c> ("ns/name:port/TCP"; empty for what
/// belongs to no Service), <c>action</c> ("add", "remove" or "change"), <c>added</c> and <c>removed</c> (rules as text).
/// </summary>
internal static class PlanJson
{
    // Quotes and angle brackets are common in rules, and nobody puts this into HTML.
    private static readonly JsonWriterOptions Format = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Prints the plans of all families.</summary>
    public static void Write(IReadOnlyList<FamilyPlan> plans, TextWriter output)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Format))
        {
            var counts = PlanCounts.Of(plans);
            json.WriteStartObject();
            json.WriteBoolean("inSync", plans.All(static plan => plan.Plan.IsEmpty));
            json.WriteNumber("toAdd", counts.ToAdd);
            json.WriteNumber("toRemove", counts.ToRemove);
            json.WriteNumber("servicePortsChanged", counts.ServicePorts);
            json.WriteStartArray("families");
            foreach (var plan in plans) WriteFamily(plan, json);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.WriteLine(System.Text.Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
    }

    private static void WriteFamily(FamilyPlan plan, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("family", plan.Family.ToString());
        json.WriteString("mode", plan.Mode);
        json.WriteStartArray("changes");
        foreach (var change in plan.Plan.Changes)
        {
            json.WriteStartObject();
            json.WriteString("service", change.Service);
            json.WriteString("action", PlanCounts.Sign(change) switch { '+' => "add", '-' => "remove", _ => "change" });
            WriteRules("added", change.Added, json);
            WriteRules("removed", change.Removed, json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRules(string name, IEnumerable<string> rules, Utf8JsonWriter json)
    {
        json.WriteStartArray(name);
        foreach (var rule in rules) json.WriteStringValue(rule);
        json.WriteEndArray();
    }
}
