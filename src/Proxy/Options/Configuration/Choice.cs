using System.Collections.Immutable;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>The words for one of our own settings: the names of an enumeration in lower case; nothing at all means its first.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
internal static class Choice<T>
    where T : struct, Enum
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<string> Known { get; } = [.. Enum.GetNames<T>().Select(static name => name.ToLowerInvariant())];

    /// <summary>The choice a word stands for; null for a word that is none.</summary>
    public static T? Parse(string word)
    {
        if (word.Length == 0) return default(T);
        var index = Known.IndexOf(word);
        return index < 0 ? null : Enum.GetValues<T>()[index];
    }
}
