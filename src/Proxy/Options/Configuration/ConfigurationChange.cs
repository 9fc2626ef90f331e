namespace Shunt.Proxy.Options.Configuration;

/// <summary>A field that differs between two configurations.</summary>
/// <param name="Path">As in the file: <c>iptables.syncPeriod</c>.</param>
/// <param name="Old">The value before, as YAML on one line; empty when the field was not there.</param>
/// <param name="New">The value after; empty when the field is not there.</param>
internal sealed record ConfigurationChange(string Path, string Old, string New)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {(Old.Length == 0 ? "(unset)" : Old)} -> {(New.Length == 0 ? "(unset)" : New)}";
}
