using System.Text.Json.Nodes;

namespace Shunt.Testing.Kubernetes;

/// <summary>One change in a <see cref="FakeApiStore"/>: Before is null for a new object, After for a deleted one.</summary>
internal sealed record FakeChange(long Version, string Resource, JsonObject? Before, JsonObject? After);
