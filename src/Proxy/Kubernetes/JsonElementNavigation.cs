using System.Text.Json;

namespace Shunt.Proxy.Kubernetes;

/// <summary>Walks a configuration of which any part may be missing.</summary>
internal static class JsonElementNavigation
{
    extension(JsonElement element)
    {
        /// <summary>The member; undefined when it, or the object, is missing.</summary>
        public JsonElement Child(string name) =>
            element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var child) ? child : default;

        /// <summary>The member as text; empty when missing or null. A number or boolean that lost its quotes counts as its text.</summary>
        public string Text(string name) => element.Child(name).AsText();

        /// <summary>The value as text; empty when missing, null, an object or a list.</summary>
        public string AsText() => element.ValueKind switch
        {
            JsonValueKind.String => element.GetString() ?? "",
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => element.GetRawText(),
            _ => "",
        };

        /// <summary>The member is true.</summary>
        public bool Flag(string name) => element.Child(name).ValueKind == JsonValueKind.True;

        /// <summary>The elements of a list member; none when it is missing.</summary>
        public IEnumerable<JsonElement> Items(string name) =>
            element.Child(name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : Enumerable.Empty<JsonElement>();

        /// <summary>The element with that name of a list of named things, as kubeconfig has three of; undefined when there is none.</summary>
        public JsonElement Named(string list, string name) => element.Items(list).FirstOrDefault(e => e.Text("name") == name);
    }
}
