using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Sources.Decoding;

/// <summary>
/// Turns one kind of API object from UTF-8 straight into the fields the agent uses; everything else is passed over. Holds caches and
/// scratch space, so it belongs to one task.
/// </summary>
internal abstract class ObjectDecoder
{
    /// <summary>How JSON from outside is read: managedFields are deep, comments and trailing commas are errors.</summary>
    public static readonly JsonReaderOptions JsonOptions = new() { MaxDepth = 256 };

    private string _fatal = "";

    /// <summary>The kind it decodes.</summary>
    public abstract ObjectKind Kind { get; }

    /// <summary>The metadata of the last object.</summary>
    public ObjectMetadata Metadata { get; } = new();

    /// <summary>Reads fields and collects problems.</summary>
    protected FieldReader Fields { get; } = new();

    /// <summary>A decoder of a kind.</summary>
    public static ObjectDecoder For(ObjectKind kind) => kind switch
    {
        ObjectKind.Service => new ServiceDecoder(),
        ObjectKind.EndpointSlice => new EndpointSliceDecoder(),
        ObjectKind.ServiceCidr => new ServiceCidrDecoder(),
        ObjectKind.Node => new NodeDecoder(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>Decodes the object whose first token the reader stands on, and leaves the reader on its last token.</summary>
    /// <exception cref="JsonException">The JSON is malformed; <see cref="CurrentKey"/> says which object, if it got that far.</exception>
    public Decoded Decode(ref Utf8JsonReader reader)
    {
        Fields.Reset();
        Metadata.Reset();
        Reset();
        _fatal = "";
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return new Decoded(null, default, "is not an object", false);
        }

        while (FieldReader.NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("metadata"u8))
            {
                reader.Read();
                Metadata.Read(ref reader, Fields);
            }
            else
            {
                ReadField(ref reader);
            }
        }

        return Finish();
    }

    /// <summary>The key of the object that was last begun; <c>default</c> while its name has not been read.</summary>
    public ObjectKey CurrentKey => string.IsNullOrEmpty(Metadata.Name)
        ? default
        : new ObjectKey(IsNamespaced ? Metadata.Namespace is { Length: > 0 } name ? name : "default" : "", Metadata.Name);

    private Decoded Finish()
    {
        var key = CurrentKey;
        if (key.Name is null) return new Decoded(null, default, FirstProblemOr("metadata.name: is not set"), false);
        if (_fatal.Length == 0 && !ObjectNames.IsSafe(key.Name)) Fatal($"metadata.name: {ObjectNames.Quote(key.Name)} is not a usable name");
        if (_fatal.Length == 0 && IsNamespaced && !ObjectNames.IsSafe(key.Namespace))
            Fatal($"metadata.namespace: {ObjectNames.Quote(key.Namespace)} is not a usable name");
        if (_fatal.Length == 0 && Build(key) is { } made) return new Decoded(made, key, "", IsHidden) { Version = Metadata.Version };
        return new Decoded(null, key, _fatal, IsHidden) { Version = Metadata.Version };
    }

    private string FirstProblemOr(string otherwise) => Fields.Problems.FirstOrDefault(otherwise);

    /// <summary>The kind has namespaces.</summary>
    protected abstract bool IsNamespaced { get; }

    /// <summary>An API server would not have sent the object that was read.</summary>
    protected abstract bool IsHidden { get; }

    /// <summary>Forgets the previous object.</summary>
    protected abstract void Reset();

    /// <summary>Reads the field whose name the reader stands on, or passes over it.</summary>
    protected abstract void ReadField(ref Utf8JsonReader reader);

    /// <summary>Makes the object from what was read; null after <see cref="Fatal(string)"/>.</summary>
    protected abstract ClusterObject? Build(ObjectKey key);

    /// <summary>The object cannot be used at all.</summary>
    protected bool IsFatal => _fatal.Length > 0;

    /// <summary>Reports that the object cannot be used at all.</summary>
    protected void Fatal(string why) => _fatal = _fatal.Length == 0 ? why : _fatal;

    /// <summary>Enters a list without which the object is of no use; false for null (unset) and, fatally, for anything else.</summary>
    protected bool BeginVitalArray(ref Utf8JsonReader reader, string path)
    {
        if (reader.TokenType == JsonTokenType.StartArray) return true;
        if (reader.TokenType != JsonTokenType.Null) Fatal($"{path}: is not a list");
        reader.Skip();
        return false;
    }

    /// <summary>Enters an object without which the whole is of no use; false for null (unset) and, fatally, for anything else.</summary>
    protected bool BeginVitalObject(ref Utf8JsonReader reader, string path)
    {
        if (reader.TokenType == JsonTokenType.StartObject) return true;
        if (reader.TokenType != JsonTokenType.Null) Fatal($"{path}: is not an object");
        reader.Skip();
        return false;
    }

    /// <summary>The scratch list as it goes into an object.</summary>
    protected static ImmutableArray<T> Frozen<T>(List<T> list) =>
        list.Count == 0 ? [] : ImmutableCollectionsMarshal.AsImmutableArray(list.ToArray());
}
