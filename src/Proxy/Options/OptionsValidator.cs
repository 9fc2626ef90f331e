using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Proxy.Options;

/// <summary>What of the options cannot be: kube-proxy's rules, all of them at once. Each error names the flag and the value.</summary>
internal static class OptionsValidator
{
    /// <summary>The errors, in the order of the flags' documentation; empty for options that can be used.</summary>
    public static ImmutableArray<string> Validate(ShuntOptions options)
    {
        var errors = ImmutableArray.CreateBuilder<string>();
        Mode(options, errors);
        Source(options, errors);
        Periods(options, errors);
        LocalDetection(options, errors);
        if (options.MasqueradeBit is < 0 or > 31)
        {
            errors.Add($"--iptables-masquerade-bit: {options.MasqueradeBit} is not within the range [0, 31]");
        }

        if (options.NodePortAddresses is { Primary: true, Cidrs.IsEmpty: false })
        {
            errors.Add($"--nodeport-addresses: \"{options.NodePortAddresses}\": can't use both 'primary' and CIDRs");
        }

        if (options.Verbosity < 0) errors.Add($"-v: {options.Verbosity} is negative");
        return errors.ToImmutable();
    }

    private static void Mode(ShuntOptions options, ImmutableArray<string>.Builder errors)
    {
        if (options.Mode is not (null or ProxyMode.Iptables))
        {
            var name = options.Mode.Value == ProxyMode.Ipvs ? "ipvs" : "nftables";
            errors.Add($"--proxy-mode: \"{name}\" is not available in this build yet; iptables is");
        }

        if (options.HostnameOverride.Length > 0 && string.IsNullOrWhiteSpace(options.HostnameOverride))
        {
            errors.Add($"--hostname-override: \"{options.HostnameOverride}\": empty hostname-override is invalid");
        }
    }

    private static void Source(ShuntOptions options, ImmutableArray<string>.Builder errors)
    {
        if (options.From.Length == 0) return;
        if (options.Kubeconfig.Length != 0) errors.Add($"--kubeconfig: \"{options.Kubeconfig}\" cannot be used together with --from");
        if (options.Master.Length != 0) errors.Add($"--master: \"{options.Master}\" cannot be used together with --from");
    }

    private static void Periods(ShuntOptions options, ImmutableArray<string>.Builder errors)
    {
        var period = GoDuration.Format(options.SyncPeriod);
        var min = GoDuration.Format(options.MinSyncPeriod);
        if (options.SyncPeriod <= TimeSpan.Zero) errors.Add($"--iptables-sync-period: {period} is not greater than 0");
        if (options.MinSyncPeriod < TimeSpan.Zero) errors.Add($"--iptables-min-sync-period: {min} is less than 0");
        if (options.MinSyncPeriod > options.SyncPeriod)
        {
            errors.Add($"--iptables-sync-period: {period} is less than --iptables-min-sync-period, {min}");
        }

        if (options.ConfigSyncPeriod <= TimeSpan.Zero)
        {
            errors.Add($"--config-sync-period: {GoDuration.Format(options.ConfigSyncPeriod)} is not greater than 0");
        }
    }

    private static void LocalDetection(ShuntOptions options, ImmutableArray<string>.Builder errors)
    {
        switch (options.DetectLocalMode)
        {
            case DetectLocalMode.ClusterCidr when !IsOneOrDualStackPair(options.ClusterCidrs):
                var cidrs = string.Join(',', options.ClusterCidrs);
                errors.Add($"--cluster-cidr: \"{cidrs}\" is neither one CIDR nor a pair of an IPv4 and an IPv6 one");
                break;
            case DetectLocalMode.BridgeInterface when options.PodBridgeInterface.Length == 0:
                errors.Add("--pod-bridge-interface: \"\" must not be empty with --detect-local-mode=BridgeInterface");
                break;
            case DetectLocalMode.InterfaceNamePrefix when options.PodInterfaceNamePrefix.Length == 0:
                errors.Add("--pod-interface-name-prefix: \"\" must not be empty with --detect-local-mode=InterfaceNamePrefix");
                break;
            default:
                break;
        }
    }

    private static bool IsOneOrDualStackPair(ImmutableArray<IpPrefix> cidrs) =>
        cidrs.Length < 2 || (cidrs.Length == 2 && cidrs[0].Family != cidrs[1].Family);
}
