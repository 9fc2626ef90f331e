using System.Globalization;

namespace Shunt.Netlink;

/// <summary>The kernel gave an answer that the caller had no plan for.</summary>
/// <param name="operation">What was asked, as a verb and its object: "create the counter x".</param>
/// <param name="errno">The kernel's answer.</param>
/// <param name="kernelText">The kernel's own explanation (extended acknowledgement); empty when it gave none, as it often does.</param>
public sealed class NetlinkException(string operation, NetlinkErrno errno, string kernelText = "")
    : Exception(kernelText.Length == 0
        ? string.Create(CultureInfo.InvariantCulture, $"cannot {operation}: {errno}")
        : string.Create(CultureInfo.InvariantCulture, $"cannot {operation}: {errno}: {kernelText}"))
{
    /// <summary>What was asked.</summary>
    public string Operation { get; } = operation;

    /// <summary>The kernel's answer: decide by this, never by a text.</summary>
    public NetlinkErrno Errno { get; } = errno;

    /// <summary>The kernel's own explanation; may be empty.</summary>
    public string KernelText { get; } = kernelText;
}
