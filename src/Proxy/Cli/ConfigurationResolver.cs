using System.Collections.Immutable;
using System.CommandLine;
using Shunt.Proxy.Options.Configuration;

namespace Shunt.Proxy.Cli;

/// <summary>What flags, or a file and the flags that count beside it, come to. The precedence is kube-proxy's.</summary>
/// <param name="parsed">The command line.</param>
/// <param name="given">Its flags.</param>
internal sealed class ConfigurationResolver(ParseResult parsed, ImmutableArray<Flag> given)
{
    /// <summary>Without a file: the flags over the defaults.</summary>
    /// <param name="settings">What the flags say.</param>
    public ConfigurationResult OfFlags(FlagSettings settings)
    {
        // A switched-off health server cannot be written down: an empty address means the default in a file.
        var healthzPort = settings is { HealthzPort: 0, WriteConfigTo.Length: > 0 } ? ConfigurationDefaults.HealthzPort : settings.HealthzPort;
        var flags = settings.Configuration with
        {
            HealthzBindAddress = WithPort(settings.Configuration.HealthzBindAddress, healthzPort),
            MetricsBindAddress = WithPort(settings.Configuration.MetricsBindAddress, settings.MetricsPort),
        };
        var isIpvs = flags.Mode == ProxyModes.Ipvs;
        var sync = (isIpvs ? settings.IpvsSyncPeriod : settings.IptablesSyncPeriod) ?? flags.IPTables.SyncPeriod;
        var min = (isIpvs ? settings.IpvsMinSyncPeriod : settings.IptablesMinSyncPeriod) ?? flags.IPTables.MinSyncPeriod;
        return Finish(EffectiveConfiguration.Of(flags, sync, min, settings.MasqueradeAll), settings.HostnameOverride, path: "", []) with
        {
            IsModeDefault = flags.Mode.Length == 0,
        };
    }

    /// <summary>With a file: what it says, and over it the flags that count then.</summary>
    /// <param name="path">Where it is, for messages.</param>
    /// <param name="content">What is in it.</param>
    public ConfigurationResult OfFile(string path, ReadOnlyMemory<byte> content)
    {
        var decoded = ConfigurationDecoder.Decode(content.Span);
        if (decoded.Value is null) return ConfigurationResult.Failed($"{path}: {decoded.Error}");
        var reader = new FlagReader(parsed);
        var start = new FlagSettings { Configuration = ConfigurationDefaults.Apply(decoded.Value) };
        var settings = given.Where(static flag => flag.CountsWithFile).Aggregate(start, (so, flag) => flag.Apply(reader, so));
        var warnings = new List<ConfigurationWarning>();
        if (decoded.StrictError.Length > 0) warnings.Add(new ConfigurationWarning(ConfigurationWarningKind.LenientDecoding, decoded.StrictError, path));
        var ignored = given.Where(static flag => !flag.CountsWithFile).Select(static flag => flag.Name).ToList();
        if (ignored.Count > 0) warnings.Add(new ConfigurationWarning(ConfigurationWarningKind.FlagsIgnored, string.Join(", ", ignored), path));
        return Finish(EffectiveConfiguration.Of(settings.Configuration), settings.HostnameOverride, path, warnings) with
        {
            IsModeDefault = settings.Configuration.Mode.Length == 0,
        };
    }

    private ConfigurationResult Finish(KubeProxyConfiguration effective, string hostname, string path, List<ConfigurationWarning> warnings)
    {
        var errors = ImmutableArray.CreateBuilder<string>();
        if (hostname.Length > 0)
        {
            effective = effective with { HostnameOverride = hostname.Trim().ToLowerInvariant() };
            if (effective.HostnameOverride.Length == 0) errors.Add($"--hostname-override: \"{hostname}\": empty hostname-override is invalid");
        }

        foreach (var error in ConfigurationValidator.Validate(effective)) errors.Add($"{error} ({Where(error.Field, path)})");
        return new ConfigurationResult(effective, errors.ToImmutable(), [.. warnings]);
    }

    /// <summary>Where the operator said it: the flag, or the field of the file.</summary>
    private string Where(string field, string path)
    {
        var flag = given.FirstOrDefault(flag => flag.Field == field && (path.Length == 0 || flag.CountsWithFile));
        if (flag is not null) return flag.Name;
        if (path.Length > 0) return $"{field} in {path}";
        return AgentFlags.All.FirstOrDefault(flag => flag.Field == field)?.Name ?? field;
    }

    private static string WithPort(string address, int port) => port == 0 ? "" : HostPort.AppendPort(address, port);
}
