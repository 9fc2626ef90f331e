using Shunt.Proxy.Sources.Decoding;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Sources.Manifests;

/// <summary>One object of a manifest file that is of a kind the agent uses.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Decoded">The object, or why it cannot be used.</param>
/// <param name="ContentHash">Of its JSON: two entries with the same hash are the same.</param>
/// <param name="File">The file it is in.</param>
/// <param name="Line">Where it begins, from 1.</param>
internal sealed record ManifestEntry(ObjectKind Kind, Decoded Decoded, UInt128 ContentHash, string File, int Line);
