using Shunt.Proxy;
using Shunt.Proxy.Cli;

var commands = new CommandLine(Composition.Functions, Console.Out, Console.Error);
return await commands.InvokeAsync(args, CancellationToken.None);
