using System.Buffers;
using System.Text;
using Shunt.Backends;
using Shunt.Backends.Iptables;
using Shunt.Model;

namespace Shunt.Testing.Iptables;

/// <summary>Short ways to make the parts of iptables mode.</summary>
public static class IptablesFixture
{
    /// <summary>The options of the upstream tests: a detector by 10.0.0.0/8 (fd00:10::/64), node ports on localhost, counters.</summary>
    public static IptablesOptions Options(IpFamily family = IpFamily.IPv4) => new()
    {
        Family = family,
        Detector = LocalDetector.ByCidr(IpPrefix.Parse(family == IpFamily.IPv4 ? "10.0.0.0/8" : "fd00:10::/64")),
        LocalhostNodePorts = family == IpFamily.IPv4,
    };

    /// <summary>A dataplane over a kernel.</summary>
    public static Dataplane<IptablesProgram, IptablesDelta> Dataplane(IKernel<IptablesProgram, IptablesDelta> kernel, IptablesOptions options) =>
        new("iptables", options.Family, new IptablesCompiler(options), new IptablesDiffer(), kernel);

    /// <summary>A program as input for iptables-restore.</summary>
    public static string Text(IptablesProgram program)
    {
        var buffer = new ArrayBufferWriter<byte>();
        IptablesText.WriteProgram(program, buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>A kernel's rules with those of chains that Services share in a fixed order: two kernels that print the same are the same.</summary>
    public static string Canonical(string save)
    {
        var lines = save.Split('\n').ToList();
        var shared = lines.Where(static line => line.StartsWith("-A ", StringComparison.Ordinal)).Select(static line => $"-A {line.Split(' ')[1]} ").Distinct()
            .Where(static prefix => prefix is "-A KUBE-SERVICES " or "-A KUBE-NODEPORTS " or "-A KUBE-EXTERNAL-SERVICES " or "-A KUBE-PROXY-FIREWALL "
                || prefix.StartsWith("-A KUBE-IP-", StringComparison.Ordinal)).ToList();
        foreach (var prefix in shared)
        {
            for (var i = 0; i < lines.Count; i++)
            {
                if (!lines[i].StartsWith(prefix, StringComparison.Ordinal)) continue;
                var count = lines.Skip(i).TakeWhile(line => line.StartsWith(prefix, StringComparison.Ordinal)).Count();
                var isLast = lines.FindIndex(i, count, static line => line.Contains("must be the last rule", StringComparison.Ordinal));
                lines.Sort(i, isLast < 0 ? count : isLast - i, StringComparer.Ordinal);
                i += count;
            }
        }

        return string.Join('\n', lines);
    }
}
