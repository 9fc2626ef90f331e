using BenchmarkDotNet.Running;
using Shunt.Bench;

if (args is ["--budgets"]) return Budgets.Check(Console.Out);
BenchmarkSwitcher.FromAssembly(typeof(WatchBenchmarks).Assembly).Run(args);
return 0;
