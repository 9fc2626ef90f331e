using System.Collections.Immutable;
using System.Globalization;
using Shunt.Proxy.Options;

namespace Shunt.Proxy.Cli;

/// <summary>Makes flags of the kinds there are.</summary>
internal static class FlagOf
{
    /// <summary>A text.</summary>
    public static Flag Text(string name, string help, Func<FlagSettings, string> get, Func<FlagSettings, string, FlagSettings> set) =>
        new(name, FlagKind.Text, help, get, (flags, settings) => set(settings, flags.Text(name, get(settings))));

    /// <summary>True or false.</summary>
    public static Flag Boolean(string name, string help, Func<FlagSettings, bool> get, Func<FlagSettings, bool, FlagSettings> set) =>
        new(name, FlagKind.Boolean, help, settings => Word(get(settings)), (flags, settings) => set(settings, flags.Boolean(name, get(settings))));

    /// <summary>A whole number.</summary>
    public static Flag Number(string name, string help, Func<FlagSettings, int> get, Func<FlagSettings, int, FlagSettings> set) =>
        new(
            name, FlagKind.Text, help,
            settings => get(settings).ToString(CultureInfo.InvariantCulture),
            (flags, settings) => set(settings, flags.Number(name, get(settings))));

    /// <summary>A duration.</summary>
    public static Flag Duration(string name, string help, Func<FlagSettings, TimeSpan> get, Func<FlagSettings, TimeSpan, FlagSettings> set) =>
        new(name, FlagKind.Text, help, settings => GoDuration.Format(get(settings)), (flags, settings) => set(settings, flags.Duration(name, get(settings))));

    /// <summary>A list, separated by commas.</summary>
    public static Flag List(
        string name, string help, Func<FlagSettings, ImmutableArray<string>> get, Func<FlagSettings, ImmutableArray<string>, FlagSettings> set) =>
        new(
            name, FlagKind.List, help,
            settings => get(settings) is { IsDefault: false } values ? $"[{string.Join(',', values)}]" : "[]",
            (flags, settings) => set(settings, flags.List(name)));

    /// <summary>A size in bytes.</summary>
    public static Flag Size(string name, string help, Func<FlagSettings, string> get, Func<FlagSettings, string, FlagSettings> set) =>
        new(name, FlagKind.Text, help, get, (flags, settings) => set(settings, flags.Size(name, get(settings))));

    private static string Word(bool value) => value ? "true" : "false";
}
