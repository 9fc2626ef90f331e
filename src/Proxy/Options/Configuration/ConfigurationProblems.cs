using System.Globalization;

namespace Shunt.Proxy.Options.Configuration;

/// <summary>What is wrong with a file while it is being decoded, each with the path of the field.</summary>
internal sealed class ConfigurationProblems
{
    private readonly List<string> _path = [];

    /// <summary>What only a strict reader minds: unknown and repeated fields.</summary>
    public List<string> Strict { get; } = [];

    /// <summary>What no reader can take: values of the wrong kind.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>Where the reader is: <c>iptables.syncPeriod</c>, <c>logging.vmodule[0].verbosity</c>.</summary>
    public string Path => string.Concat(_path).TrimStart('.');

    /// <summary>Goes into a field.</summary>
    public void Enter(string name) => _path.Add("." + name);

    /// <summary>Goes into an element of a list.</summary>
    public void Enter(int index) => _path.Add(string.Create(CultureInfo.InvariantCulture, $"[{index}]"));

    /// <summary>Goes back out.</summary>
    public void Leave() => _path.RemoveAt(_path.Count - 1);

    /// <summary>Notes a value of the wrong kind, here.</summary>
    public void Error(string what) => Errors.Add($"{Path}: {what}");
}
