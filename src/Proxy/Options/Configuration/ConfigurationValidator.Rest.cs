using System.Collections.Immutable;
using System.Globalization;
using Shunt.Backends.Iptables;
using Shunt.Model;

namespace Shunt.Proxy.Options.Configuration;

internal static partial class ConfigurationValidator
{
    private const string CidrsWanted = "must be a either a single CIDR or dual-stack pair of CIDRs (e.g. [10.100.0.0/16, fde4:8dba:82e1::/48]";
    private const string CidrWanted = "must be a valid CIDR block (e.g. 10.100.0.0/16 or fde4:8dba:82e1::/48)";

    private static void DetectLocal(KubeProxyConfiguration configuration, ImmutableArray<ConfigurationError>.Builder errors)
    {
        const string path = $"{Root}.DetectLocalConfiguration";
        switch (LocalModes.Parse(configuration.DetectLocalMode))
        {
            case null:
                errors.Add(ConfigurationError.NotSupported(
                    $"{Root}.DetectLocalMode", configuration.DetectLocalMode, [.. LocalModes.Known, ""], "detectLocalMode"));
                break;
            case DetectLocalMode.BridgeInterface when configuration.DetectLocal.BridgeInterface.Length == 0:
                errors.Add(ConfigurationError.Invalid($"{path}.InterfaceName", "", "must not be empty", "detectLocal.bridgeInterface"));
                break;
            case DetectLocalMode.InterfaceNamePrefix when configuration.DetectLocal.InterfaceNamePrefix.Length == 0:
                errors.Add(ConfigurationError.Invalid($"{path}.InterfacePrefix", "", "must not be empty", "detectLocal.interfaceNamePrefix"));
                break;
            case DetectLocalMode.ClusterCidr when configuration.ClusterCIDR.Length > 0:
                ClusterCidrs([.. configuration.ClusterCIDR.Split(',')], $"{path}.ClusterCIDRs", errors);
                break;
            default:
                break; // kube-proxy does not look at clusterCIDR in other modes, so whatever is there must not stop the agent.
        }
    }

    private static void ClusterCidrs(ImmutableArray<string> cidrs, string path, ImmutableArray<ConfigurationError>.Builder errors)
    {
        const string field = "clusterCIDR";
        if (cidrs.Length > 2)
        {
            errors.Add(ConfigurationError.Invalid(path, cidrs, CidrsWanted, field));
            return;
        }

        var families = new List<IpFamily>();
        for (var i = 0; i < cidrs.Length; i++)
        {
            if (IpPrefix.TryParse(cidrs[i], out var cidr)) families.Add(cidr.Family);
            else errors.Add(ConfigurationError.Invalid($"{path}[{i}]", cidrs[i], CidrWanted, field));
        }

        if (families is [var one, var other] && one == other) errors.Add(ConfigurationError.Invalid(path, cidrs, CidrsWanted, field));
    }

    private static void Logging(KubeProxyConfiguration configuration, ImmutableArray<ConfigurationError>.Builder errors)
    {
        const string path = $"{Root}.logging";
        var logging = configuration.Logging;
        if (logging.FlushFrequency.Value <= TimeSpan.Zero)
        {
            errors.Add(ConfigurationError.Invalid($"{path}.flushFrequency", logging.FlushFrequency.Value, "Must be greater than zero", "logging.flushFrequency"));
        }

        if (logging.Format is not ("text" or "json"))
        {
            errors.Add(ConfigurationError.Invalid($"{path}.format", logging.Format, "Unsupported log format", "logging.format"));
        }

        Verbosity(logging.Verbosity, $"{path}.verbosity", "logging.verbosity", errors);
        VModule(logging, path, errors);
        if (Options.FeatureGates.IsEnabled(configuration.FeatureGates, "LoggingAlphaOptions")) return;
        Routing(logging.Text, $"{path}.options.text", errors);
        Routing(logging.Json, $"{path}.options.json", errors);
    }

    private static void VModule(LoggingConfiguration logging, string path, ImmutableArray<ConfigurationError>.Builder errors)
    {
        const string field = "logging.vmodule";
        if (!logging.VModule.IsEmpty && logging.Format != "text")
        {
            errors.Add(ConfigurationError.Forbidden($"{path}.vmodule", "Only supported for text log format", field));
        }

        for (var i = 0; i < logging.VModule.Length; i++)
        {
            var item = logging.VModule[i];
            var at = $"{path}.vmodule[{i}]";
            if (item.FilePattern.Length == 0) errors.Add(ConfigurationError.Required(at, "File pattern must not be empty", field));
            if (item.FilePattern.AsSpan().ContainsAny('=', ','))
            {
                errors.Add(ConfigurationError.Invalid(at, item.FilePattern, "File pattern must not contain equal sign or comma", field));
            }

            Verbosity(item.Verbosity, at, field, errors);
        }
    }

    private static void Verbosity(uint verbosity, string path, string field, ImmutableArray<ConfigurationError>.Builder errors)
    {
        if (verbosity <= int.MaxValue) return;
        errors.Add(ConfigurationError.Invalid(path, verbosity, string.Create(CultureInfo.InvariantCulture, $"Must be <= {int.MaxValue}"), field));
    }

    private static void Routing(LoggingOutputOptions options, string path, ImmutableArray<ConfigurationError>.Builder errors)
    {
        const string disabled = "Feature LoggingAlphaOptions is disabled";
        var field = path[(Root.Length + 1)..];
        if (options.SplitStream) errors.Add(ConfigurationError.Forbidden($"{path}.splitStream", disabled, $"{field}.splitStream"));
        if (options.InfoBufferSize.Length == 0 || !Quantity.TryParse(options.InfoBufferSize, out var size) || size == 0) return;
        errors.Add(ConfigurationError.Forbidden($"{path}.infoBufferSize", disabled, $"{field}.infoBufferSize"));
    }

    private static void Shunt(ShuntConfiguration shunt, ImmutableArray<ConfigurationError>.Builder errors)
    {
        Choice<IptablesVariantChoice>(shunt.IptablesVariant, "iptablesVariant", errors);
        Choice<IptablesWriterChoice>(shunt.IptablesWriter, "iptablesWriter", errors);
        Choice<IptablesDispatch>(shunt.IptablesDispatch, "iptablesDispatch", errors);
    }

    private static void Choice<T>(string word, string field, ImmutableArray<ConfigurationError>.Builder errors)
        where T : struct, Enum
    {
        if (Configuration.Choice<T>.Parse(word) is not null) return;
        errors.Add(ConfigurationError.NotSupported($"{Root}.shunt.{field}", word, Configuration.Choice<T>.Known, $"shunt.{field}"));
    }
}
