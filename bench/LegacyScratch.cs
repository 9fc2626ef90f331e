using System.Diagnostics;
using Shunt.Backends;
using Shunt.Backends.Iptables;
using Shunt.Backends.Iptables.LegacyVariant;
using Shunt.Model;
using Shunt.Testing.Network;
using Shunt.Testing.Iptables;

namespace Shunt.Bench;

internal static class LegacyScratch
{
    public static async Task<int> RunAsync(string[] args)
    {
        var n = int.Parse(args[0]); var e = int.Parse(args[1]);
        await using var at = await ScratchNamespace.CreateAsync("perf", default);
        var options = new IptablesOptions { Family = IpFamily.IPv4, Detector = LocalDetector.ByCidr(IpPrefix.Parse("10.128.0.0/9")), CountsWithNfAcct = false };
        for (var round = 0; round < 4; round++)
        {
            var cluster = new SizedCluster(n, _ => e);
            using var kernel = at.Net.Run(() => new LegacyKernel(IpFamily.IPv4, false));
            await kernel.CleanupAsync(default);
            var dataplane = IptablesFixture.Dataplane(kernel, options);
            GC.Collect();
            var memory0 = GC.GetTotalMemory(true);
            var t0 = Stopwatch.GetTimestamp();
            var plan = await dataplane.PlanAsync(cluster.Snapshot, default);
            var t1 = Stopwatch.GetTimestamp();
            var cpu = Environment.CpuUsage;
            var result = await plan.ApplyAsync(default);
            var t2 = Stopwatch.GetTimestamp();
            var cpu2 = Environment.CpuUsage;
            cluster.Commit();
            plan = null!;
            GC.Collect();
            Console.WriteLine($"round {round}: plan {Stopwatch.GetElapsedTime(t0, t1).TotalMilliseconds:F0} apply {Stopwatch.GetElapsedTime(t1, t2).TotalMilliseconds:F0} ms (user {(cpu2.UserTime - cpu.UserTime).TotalMilliseconds:F0} sys {(cpu2.PrivilegedTime - cpu.PrivilegedTime).TotalMilliseconds:F0}), sent {result.BytesSent}");
            var times = new List<double>();
            foreach (var change in Enum.GetValues<ClusterChange>())
            {
                times.Clear();
                for (var i = 0; i < 8; i++)
                {
                    cluster.Take(cluster.Events(change, i + 100 * round));
                    var s = cluster.Build();
                    var a = Stopwatch.GetTimestamp();
                    await (await dataplane.PlanAsync(s, default)).ApplyAsync(default);
                    times.Add(Stopwatch.GetElapsedTime(a).TotalMilliseconds);
                    cluster.Commit();
                }
                Console.WriteLine($"  {change}: {string.Join(" ", times.Select(t => t.ToString("F0")))}");
            }
            var a1 = Stopwatch.GetTimestamp();
            var intact = await dataplane.IsIntactAsync(default);
            var a2 = Stopwatch.GetTimestamp();
            var drift = await dataplane.VerifyAsync(cluster.Snapshot, default);
            var a3 = Stopwatch.GetTimestamp();
            Console.WriteLine($"  intact {intact} {Stopwatch.GetElapsedTime(a1, a2).TotalMilliseconds:F1} verify {Stopwatch.GetElapsedTime(a2, a3).TotalMilliseconds:F0} drift {drift.Count}");
            await kernel.ReadAsync(default);
            GC.Collect(); var m1 = GC.GetTotalMemory(true);
            kernel.GetType().GetField("_tables", System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Instance)!.SetValue(kernel, new LegacyTable?[3]);
            GC.Collect(); var m2 = GC.GetTotalMemory(true);
            Console.WriteLine($"  memory of tables {(m1 - m2) / 1e6:F1} MB, all {(m1 - memory0) / 1e6:F1}");
        }
        return 0;
    }
}
