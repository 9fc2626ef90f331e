using System.Globalization;
using Shunt.Testing;

namespace Shunt.Kernel.Tests.Iptables;

/// <summary>Programs that stand before iptables-restore in an agent's PATH: they note every call, and may refuse what the kernel would take.</summary>
internal sealed class Wrapper : IDisposable
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _calls;

    /// <param name="variant">nft or legacy.</param>
    /// <param name="refuses">Input with this in it is refused, with the words iptables has for a rule the kernel does not take; never when null.</param>
    public Wrapper(string variant, string? refuses = null)
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("shunt-wrapper").FullName;
        _calls = Path.Combine(Directory, "calls");
        foreach (var program in new[] { $"iptables-{variant}-restore", $"ip6tables-{variant}-restore" })
        {
            var real = CommandRunner.Find(program) ?? program;
            var refusal = refuses is null ? "" : $"if grep -q '{refuses}' \"$input\"; then echo '{program}: line 1 failed' >&2; rm \"$input\"; exit 1; fi\n";
            var file = Path.Combine(Directory, program);
            File.WriteAllText(file, string.Create(CultureInfo.InvariantCulture, $"""
                #!/bin/sh
                echo "{program} $*" >> {_calls}
                input=$(mktemp)
                cat > "$input"
                {refusal}{real} "$@" < "$input"
                status=$?
                rm "$input"
                exit $status

                """));
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, Executable);
        }
    }

    /// <summary>To be put before PATH.</summary>
    public string Directory { get; }

    /// <summary>How many times something was written to the kernel.</summary>
    public int Calls => File.Exists(_calls) ? File.ReadAllLines(_calls).Length : 0;

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);
}
