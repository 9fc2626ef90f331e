using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Shunt.House.Tests;

/// <summary>The walls inside the projects.</summary>
public sealed class WallTests
{
    private static readonly string[] Modes = ["Iptables", "Nftables", "Ipvs", "Userspace"];

    [Fact]
    public void Thinking_does_not_touch() => Breaches.AssertNone(
        from file in SourceTree.Files
        from type in file.Types
        where IsPure(type.Identifier.Text)
        from word in new[] { "async", "await", "ILogger", "TimeProvider", "Random", "Guid", "File", "Socket", "Environment", "DateTimeOffset" }
        where type.DescendantTokens().Any(token => token.Text == word)
        select $"{file.Path}: {type.Identifier.Text} is pure and must not say {word}");

    [Fact]
    public void Thinking_and_touching_do_not_share_a_file() => Breaches.AssertNone(
        from file in SourceTree.Files
        where file.Types.Any(type => IsPure(type.Identifier.Text)) && (file.Says("async") || file.Says("ILogger"))
        select $"{file.Path}: a pure type shares its file with one that touches the world");

    [Fact]
    public void Backends_do_not_know_their_siblings() => Breaches.AssertNone(
        from mode in Modes
        from file in SourceTree.Under("Backends/" + mode)
        from sibling in Modes
        where sibling != mode && !Allowances.Siblings.Contains((mode, sibling))
        where file.Uses("Shunt.Backends." + sibling) || file.ImportedNamespaces.Any(n => n.StartsWith(sibling + ".", StringComparison.Ordinal))
        select $"{file.Path}: imports its sibling {sibling}");

    [Fact]
    public void What_backends_share_does_not_know_a_backend() => Breaches.AssertNone(
        from file in SourceTree.Under("Backends")
        where !Modes.Any(mode => file.Folder.StartsWith("Backends/" + mode, StringComparison.Ordinal))
        from mode in Modes
        where file.Uses("Shunt.Backends." + mode)
        select $"{file.Path}: knows {mode}");

    [Fact]
    public void The_agent_speaks_netlink_in_few_rooms() => Breaches.AssertNone(
        from file in SourceTree.Under("Proxy")
        where !Allowances.NetlinkUsers.Contains(file.Folder) && !Allowances.NetlinkUserFiles.Contains(file.Path)
        where file.Uses("Shunt.Netlink")
        select $"{file.Path}: uses Shunt.Netlink");

    [Fact]
    public void Native_calls_live_in_one_room() => Breaches.AssertNone(
        from file in SourceTree.Files
        where file.Folder != "Netlink/Interop"
        where file.Root.DescendantNodes().OfType<AttributeSyntax>().Any(a => a.Name.ToString() is "DllImport" or "LibraryImport")
            || file.Root.DescendantTokens().Any(token => token.IsKind(SyntaxKind.ExternKeyword))
        select $"{file.Path}: calls native code");

    [Fact]
    public void Unsafe_code_lives_in_Netlink() => Breaches.AssertNone(
        from file in SourceTree.Files
        where file.Project != "Netlink" && file.Says("unsafe")
        select $"{file.Path}: is unsafe");

    [Fact]
    public void Linq_stays_out_of_Netlink_and_Backends() => Breaches.AssertNone(
        from file in SourceTree.Under("Netlink").Concat(SourceTree.Under("Backends"))
        where file.Uses("System.Linq")
        select $"{file.Path}: uses LINQ");

    private static bool IsPure(string type) =>
        type.EndsWith("Compiler", StringComparison.Ordinal) || type.EndsWith("Differ", StringComparison.Ordinal) || type == "EndpointSelector";
}
