using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Shunt.Proxy.Node;

/// <summary>How soon the kernel ends this process when memory runs out.</summary>
internal static class OomScore
{
    /// <summary>
    /// Sets it for this process: -1000 is never, 1000 is first. Lowering it takes CAP_SYS_RESOURCE; without, that is said, and the agent goes
    /// on with the score it has.
    /// </summary>
    /// <param name="score">The value of <c>--oom-score-adj</c>.</param>
    /// <param name="logger">Told when it cannot be set.</param>
    /// <param name="procRoot">Where the kernel's files are: <c>/proc</c>, but for tests.</param>
    /// <returns>True when it is set, or was already.</returns>
    public static bool Apply(int score, ILogger logger, string procRoot = "/proc")
    {
        var file = Path.Combine(procRoot, "self/oom_score_adj");
        var wanted = score.ToString(CultureInfo.InvariantCulture);
        try
        {
            // A runtime may have set it already, where this process may read it but not write it.
            if (File.ReadAllText(file).Trim() != wanted) File.WriteAllText(file, wanted);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.OomScoreNotApplied(logger, e.Message, score);
            return false;
        }
    }
}
