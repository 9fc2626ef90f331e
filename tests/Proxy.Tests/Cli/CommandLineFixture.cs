using Shunt.Proxy.Cli;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Tests.Cli;

/// <summary>A command line whose commands only note that they were called.</summary>
internal sealed class CommandLineFixture : IDisposable
{
    private readonly StringWriter _error = new();

    /// <summary>Which command was called; empty for none.</summary>
    public string Called { get; private set; } = "";

    /// <summary>With which options.</summary>
    public ShuntOptions Options { get; private set; } = new();

    /// <summary>What the commands give.</summary>
    public int ExitCode { get; set; }

    /// <summary>What plan was asked.</summary>
    public PlanRequest? Request { get; private set; }

    /// <summary>What was said on standard output.</summary>
    public StringWriter Output { get; } = new();

    /// <summary>What was said on standard error, line by line.</summary>
    public string[] Errors => _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public Task<int> InvokeAsync(params string[] args)
    {
        var functions = new CommandFunctions(
            (options, _) => Note("run", options),
            (options, request, _, _) =>
            {
                Request = request;
                return Note("plan", options);
            },
            (options, _) => Note("cleanup", options),
            (options, service, _, _) => Note(service.Length == 0 ? "services" : $"services {service}", options),
            (options, _, _) => Note("demo", options));
        return new CommandLine(functions, Output, _error).InvokeAsync(args, TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        Output.Dispose();
        _error.Dispose();
    }

    private Task<int> Note(string command, ShuntOptions options)
    {
        Called = command;
        Options = options;
        return Task.FromResult(ExitCode);
    }
}
