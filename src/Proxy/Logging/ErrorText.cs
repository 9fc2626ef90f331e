using System.Diagnostics;
using System.Text;

namespace Shunt.Proxy.Logging;

/// <summary>An exception as log lines say it.</summary>
internal static class ErrorText
{
    /// <summary>The messages down to the cause. The stack comes with it only where the exception is a bug of ours, and nobody else can use it.</summary>
    public static string Of(Exception exception)
    {
        if (IsBug(exception)) return exception.ToString();
        var text = new StringBuilder(exception.Message);
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException) text.Append(": ").Append(inner.Message);
        return text.ToString();
    }

    private static bool IsBug(Exception exception) =>
        exception is InvalidOperationException or ArgumentException or NullReferenceException or InvalidCastException
            or IndexOutOfRangeException or KeyNotFoundException or NotImplementedException or UnreachableException;
}
