using System.Collections.Immutable;
using Shunt.Model;

namespace Shunt.Backends.Nftables;

/// <summary>
/// Finds the elements, and now and then the rules, that must come and go. Not thread-safe: it reuses its buffers.
/// </summary>
/// <param name="family">The family of the programs.</param>
public sealed class NftablesDiffer(IpFamily family) : IDiffer<NftablesProgram, NftablesDelta>
{
    private readonly FragmentWriter _writer = new();
    private readonly ElementTape _scratch = new();
    private readonly ElementTape _before = new();
    private readonly ElementIndex _index = new();

    /// <inheritdoc/>
    public NftablesDelta Diff(NftablesProgram observed, NftablesProgram wanted)
    {
        var shared = wanted.Base!; // what is wanted was compiled
        var change = observed.Image is { } image ? BaseDiffer.Diff(image, shared) : BaseDiffer.Diff(observed.Base!, shared);
        var draft = new DeltaDraft(family, change.DeletesTable ? new ElementIndex() : Index(observed));
        draft.Begin();
        _scratch.Truncate(0);
        foreach (var address in wanted.NodePortIps) WriteNodePortIp(address);
        draft.Want(_scratch);
        draft.End(null, change.IsEmpty ? null : change);
        AddServices(draft, wanted, ahead: true);
        AddServices(draft, wanted, ahead: false);
        draft.DeleteRest(shared.Sets);
        return draft.ToDelta();
    }

    /// <inheritdoc/>
    public NftablesDelta Diff(NftablesProgram observed, NftablesProgram wanted, ReadOnlySpan<ServicePortName> changed)
    {
        var change = BaseDiffer.Diff(observed.Base!, wanted.Base!); // both were compiled
        _index.Clear();
        _before.Clear();
        var draft = new DeltaDraft(family, _index);
        draft.Begin();
        draft.End(null, change.IsEmpty ? null : change);
        var names = Names(changed, wanted.Affected);
        Span<int> starts = names.Length < 64 ? stackalloc int[names.Length + 1] : new int[names.Length + 1];
        for (var i = 0; i < names.Length; i++)
        {
            if (observed.Services.TryGetValue(names[i], out var fragment)) _writer.Write(fragment, observed.Node, _before);
            starts[i + 1] = _before.Length;
        }

        draft.Observe(_before);
        for (var i = 0; i < names.Length; i++)
        {
            draft.Begin();
            _scratch.Truncate(0);
            if (wanted.Services.TryGetValue(names[i], out var fragment)) _writer.Write(fragment, wanted.Node, _scratch);
            draft.Want(_scratch);
            draft.End(names[i], null);
        }

        for (var i = 0; i < names.Length; i++) draft.DeleteUnwanted(names[i], _before, starts[i], starts[i + 1], wanted.Claims!);
        return draft.ToDelta();
    }

    /// <inheritdoc/>
    public NftablesProgram Without(NftablesProgram observed, NftablesProgram wanted, NftablesDelta refused)
    {
        var services = wanted.Services;
        foreach (var unit in refused.Units)
        {
            if (unit.Owner is not { } name) continue;
            if (observed.Services.TryGetValue(name, out var before)) services = services.SetItem(name, before);
            else services = services.Remove(name); // what is left of it in the kernel counts as drift, and goes
        }

        return wanted with { Services = services, ClaimsVersion = -1 };
    }

    private static ReadOnlySpan<ServicePortName> Names(ReadOnlySpan<ServicePortName> changed, ImmutableArray<ServicePortName> affected)
    {
        if (affected.IsEmpty) return changed;
        var names = new ServicePortName[changed.Length + affected.Length];
        changed.CopyTo(names);
        affected.CopyTo(names, changed.Length);
        return names;
    }

    /// <summary>Without these two nothing else in a cluster comes up.</summary>
    private static bool IsAhead(ServicePort port) => port.Port == 53 || port.Name is { Namespace: "default", Name: "kubernetes" };

    private ElementIndex Index(NftablesProgram observed)
    {
        if (observed.Image is { } image)
        {
            image.Elements.Release(); // from an earlier comparison
            return image.Elements;
        }

        var index = new ElementIndex();
        foreach (var (_, fragment) in observed.Services)
        {
            _scratch.Truncate(0);
            _writer.Write(fragment, observed.Node, _scratch);
            index.AddAll(_scratch);
        }

        _scratch.Truncate(0);
        foreach (var address in observed.NodePortIps) WriteNodePortIp(address);
        index.AddAll(_scratch);
        return index;
    }

    private void WriteNodePortIp(IpAddr address)
    {
        Span<byte> key = stackalloc byte[16];
        _scratch.Add(ElementOperation.Add, new SetId(SetKind.NodePortIps), key[..address.WriteBytes(key)]);
    }

    private void AddServices(DeltaDraft draft, NftablesProgram wanted, bool ahead)
    {
        foreach (var (name, fragment) in wanted.Services)
        {
            if (IsAhead(fragment.Port) != ahead) continue;
            draft.Begin();
            _scratch.Truncate(0);
            _writer.Write(fragment, wanted.Node, _scratch);
            draft.Want(_scratch);
            draft.End(name, null);
        }

        _scratch.Truncate(0);
    }
}
