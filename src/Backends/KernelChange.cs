using Shunt.Model;

namespace Shunt.Backends;

/// <summary>Somebody else changed what is ours in the kernel, or may have.</summary>
/// <param name="Family">In which family.</param>
/// <param name="ProcessId">The thread that did it, as the first process namespace numbers it; zero when that is not known.</param>
/// <param name="Process">Its process by name; empty when that is not known.</param>
/// <param name="What">What was changed, for a log line.</param>
public sealed record KernelChange(IpFamily Family, int ProcessId, string Process, string What);
