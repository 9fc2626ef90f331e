using System.Buffers;
using System.Text;
using Shunt.Backends;
using Shunt.Backends.Iptables;
using Shunt.Testing.Network;

namespace Shunt.Bench;

/// <summary>The rules of a namespace by way of iptables-save and iptables-restore, until there is a kernel that needs neither.</summary>
/// <param name="at">The namespace.</param>
/// <param name="variant">The variant of the tools.</param>
internal sealed class IptablesToolKernel(ScratchNamespace at, IptablesVariant variant) : IKernel<IptablesProgram, IptablesDelta>
{
    private readonly string _base = variant == IptablesVariant.Nft ? "iptables-nft" : "iptables-legacy";

    /// <inheritdoc/>
    public async ValueTask<IptablesProgram> ReadAsync(CancellationToken ct) => new() { Unclaimed = await SaveAsync(ct) };

    /// <inheritdoc/>
    public async ValueTask<KernelAnswer<IptablesDelta>> ApplyAsync(IptablesDelta delta, CancellationToken ct)
    {
        for (var table = IptablesTable.Mangle; table <= IptablesTable.Nat; table++)
        {
            if (!delta.Touches(table)) continue;
            var input = new ArrayBufferWriter<byte>();
            IptablesText.WriteRestore(delta, table, input);
            (await at.RunAsync($"{_base}-restore", ["-w", "5", "--noflush"], Encoding.UTF8.GetString(input.WrittenSpan), ct)).EnsureSuccess();
        }

        return new(0);
    }

    /// <inheritdoc/>
    public ValueTask<bool> IsIntactAsync(IptablesProgram expected, CancellationToken ct) => new(true);

    /// <inheritdoc/>
    public async ValueTask CleanupAsync(CancellationToken ct)
    {
        var delta = IptablesCleanup.Plan(await SaveAsync(ct));
        if (!delta.IsEmpty) await ApplyAsync(delta, ct);
    }

    private async ValueTask<IptablesDump> SaveAsync(CancellationToken ct)
    {
        var saved = (await at.RunAsync($"{_base}-save", [], null, ct)).EnsureSuccess();
        return IptablesText.ParseSave(Encoding.UTF8.GetBytes(saved.Output));
    }
}
