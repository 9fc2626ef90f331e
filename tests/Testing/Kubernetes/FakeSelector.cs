using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Shunt.Testing.Kubernetes;

/// <summary>The label and field selector of a request: <c>!key</c>, <c>path=value</c>, <c>path!=value</c>.</summary>
internal sealed class FakeSelector(IQueryCollection query)
{
    private readonly string _label = query["labelSelector"].ToString();
    private readonly string _field = query["fieldSelector"].ToString();

    public bool Matches(JsonObject? value) => value is not null && MatchesLabel(value) && MatchesField(value);

    private bool MatchesLabel(JsonObject value)
    {
        if (_label.Length == 0) return true;
        if (!_label.StartsWith('!')) throw new NotSupportedException(_label);
        return value["metadata"]?["labels"] is not JsonObject labels || !labels.ContainsKey(_label[1..]);
    }

    private bool MatchesField(JsonObject value)
    {
        if (_field.Length == 0) return true;
        var negated = _field.Contains("!=", StringComparison.Ordinal);
        var parts = _field.Split(negated ? "!=" : "=", 2);
        JsonNode? node = value;
        foreach (var name in parts[0].Split('.')) node = node?[name];
        return ((node?.ToString() ?? "") == parts[1]) != negated;
    }
}
