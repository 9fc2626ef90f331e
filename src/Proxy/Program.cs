using System.Runtime.InteropServices;
using Shunt.Proxy;
using Shunt.Proxy.Cli;

using var stop = new CancellationTokenSource();
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
var commands = new CommandLine(Composition.Functions, Console.Out, Console.Error);
return await commands.InvokeAsync(args, stop.Token);

// The first signal lets what is being written to the kernel finish; a second one ends the process at once.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stop.IsCancellationRequested;
    stop.Cancel();
}
