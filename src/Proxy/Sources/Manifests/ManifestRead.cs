using System.Collections.Immutable;

namespace Shunt.Proxy.Sources.Manifests;

/// <summary>What a look at the files brought.</summary>
/// <param name="Changed">The entries may be others than before.</param>
/// <param name="Fresh">The entries of the files that were read anew.</param>
/// <param name="Errors">Files that are unreadable, each reported once until its error changes.</param>
internal readonly record struct ManifestRead(bool Changed, ImmutableArray<ManifestEntry> Fresh, ImmutableArray<ConfigurationException> Errors);
