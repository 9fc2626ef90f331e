using System.Text;

namespace Shunt.Proxy.Events;

/// <summary>Something that happened, for <c>kubectl get events</c>. Equal ones are occurrences of the same event.</summary>
internal sealed record ClusterEvent
{
    /// <summary>The longest note the API server takes, in bytes.</summary>
    public const int MaxNoteLength = 1024;

    /// <summary>What it is about.</summary>
    public required EventSubject Regarding { get; init; }

    /// <summary>Type <c>Warning</c> instead of <c>Normal</c>.</summary>
    public bool IsWarning { get; init; }

    /// <summary>Why, as one word in CamelCase: at most 128 characters.</summary>
    public required string Reason { get; init; }

    /// <summary>What was being done, as one word in CamelCase: at most 128 characters.</summary>
    public required string Action { get; init; }

    /// <summary>The story, for people; empty for none. What is too long is cut off.</summary>
    public string Note
    {
        get;
        init => field = Shorten(value);
    } = "";

    private static string Shorten(string note)
    {
        const string more = "...";
        if (Encoding.UTF8.GetByteCount(note) <= MaxNoteLength) return note;
        var length = 0;
        var bytes = 0;
        foreach (var rune in note.EnumerateRunes())
        {
            if (bytes + rune.Utf8SequenceLength > MaxNoteLength - more.Length) break;
            bytes += rune.Utf8SequenceLength;
            length += rune.Utf16SequenceLength;
        }

        return note[..length] + more;
    }
}
