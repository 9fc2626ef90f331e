using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Shunt.Bench;

if (args is ["--budgets"]) return Budgets.Check(Console.Out);
if (args is ["--agent", .. var rest]) return await WholeAgent.RunAsync(rest, Console.Out);
if (args is ["--all-modes", .. var asked]) return await ModesRun.RunAsync(asked, Console.Out);
if (args is ["--nftables", .. var measured]) return await NftablesRun.RunAsync(measured, Console.Out);

// In this process: the settings of the garbage collector are the agent's own, and nothing has to be built again.
var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(4).WithIterationCount(10);
BenchmarkSwitcher.FromAssembly(typeof(WatchBenchmarks).Assembly).Run(args, DefaultConfig.Instance.AddJob(job));
return 0;
