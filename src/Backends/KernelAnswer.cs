namespace Shunt.Backends;

/// <summary>What the kernel said to a transaction.</summary>
/// <typeparam name="TDelta">The mode's transaction.</typeparam>
/// <param name="BytesSent">How much was sent.</param>
/// <param name="Refused">The part that is not in force because something in it is unacceptable; null when all of it is in force.</param>
/// <param name="Reason">What was said about it; empty when nothing was refused.</param>
public readonly record struct KernelAnswer<TDelta>(long BytesSent, TDelta? Refused = null, string Reason = "")
    where TDelta : class;
