using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Shunt.Netlink.Interop;
using Shunt.Netlink.Netfilter;

namespace Shunt.Netlink.Xtables;

/// <summary>
/// The tables of x_tables, which iptables-legacy uses, of one family and of the network namespace of the thread that opens them. A table is
/// read and replaced as a whole. One owner at a time. Source: linux/netfilter_ipv4/ip_tables.h; ip6_tables.h differs in the entries only.
/// </summary>
public sealed class XtTables : IDisposable
{
    private const int NameLength = 32; // XT_TABLE_MAXNAMELEN
    private const int InfoLength = 84;
    private const int GetHeaderLength = 40;
    private const int ReadAttempts = 20;

    private readonly SafeSocketHandle _socket;
    private readonly int _level;

    private XtTables(SafeSocketHandle socket, int level)
    {
        _socket = socket;
        _level = level;
    }

    /// <summary>Opens a family's tables.</summary>
    /// <exception cref="NetlinkException">The process may not, or there is no such family.</exception>
    public static XtTables Open(NetfilterFamily family)
    {
        var v4 = family == NetfilterFamily.NFPROTO_IPV4;
        var socket = Libc.Socket(v4 ? Libc.AF_INET : Libc.AF_INET6, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, Libc.IPPROTO_RAW);
        if (!socket.IsInvalid) return new XtTables(socket, v4 ? Libc.SOL_IP : Libc.SOL_IPV6);
        var errno = Libc.LastError;
        socket.Dispose();
        throw new NetlinkException($"open a raw {(v4 ? "IPv4" : "IPv6")} socket", errno);
    }

    /// <summary>How a table is laid out. A table that the namespace has not had so far is made.</summary>
    /// <exception cref="NetlinkException">There is no such table, or the process may not.</exception>
    public unsafe XtTableInfo GetInfo(string table)
    {
        Span<byte> info = stackalloc byte[InfoLength];
        info.Clear();
        WriteName(table, info);
        var length = InfoLength;
        fixed (byte* value = info)
        {
            if (Libc.GetSockOpt(_socket, _level, Libc.IPT_SO_GET_INFO, value, ref length) < 0) throw Failure("look at", table, Libc.LastError);
        }

        return new XtTableInfo(Word(info, 32), (int)Word(info, 76), (int)Word(info, 80), ReadHooks(info[36..]), ReadHooks(info[56..]));
    }

    /// <summary>Reads a table's entries, and how they are laid out.</summary>
    /// <exception cref="NetlinkException">It could not be read, or changes faster than that.</exception>
    public XtBlob Read(string table, out XtTableInfo info)
    {
        for (var attempt = 1; ; attempt++)
        {
            info = GetInfo(table);
            var blob = new XtBlob(info.Size);
            var errno = Read(table, blob);

            // Entries of the same size may still be others than those that were looked at.
            if (errno == NetlinkErrno.None && GetInfo(table) == info) return blob;
            blob.Dispose();
            if (errno is not (NetlinkErrno.None or NetlinkErrno.EAGAIN) || attempt == ReadAttempts) throw Failure("read", table, errno);
        }
    }

    /// <summary>Replaces all entries of a table at once.</summary>
    /// <param name="table">The table.</param>
    /// <param name="blob">The new entries.</param>
    /// <param name="layout">How they are laid out.</param>
    /// <param name="old">Gets what the old entries had counted; of exactly as many as there are now.</param>
    /// <returns>None when it was done; EAGAIN when there is another number of entries; any other answer, and nothing was done.</returns>
    public unsafe NetlinkErrno Replace(string table, XtBlob blob, in XtTableInfo layout, XtCounters old)
    {
        ArgumentNullException.ThrowIfNull(blob);
        ArgumentNullException.ThrowIfNull(old);
        var start = blob.Start(XtBlob.HeaderLength);
        var header = new Span<byte>(start, XtBlob.HeaderLength);
        WriteName(table, header);
        MemoryMarshal.Write(header[32..], layout.ValidHooks);
        MemoryMarshal.Write(header[36..], layout.Entries);
        MemoryMarshal.Write(header[40..], blob.Length);
        WriteHooks(layout.Hooks, header[44..]);
        WriteHooks(layout.Underflows, header[64..]);
        MemoryMarshal.Write(header[84..], old.Count);
        MemoryMarshal.Write(header[88..], (nint)old.Start(0));
        var result = Libc.SetSockOpt(_socket, _level, Libc.IPT_SO_SET_REPLACE, start, XtBlob.HeaderLength + blob.Length);
        GC.KeepAlive(old);
        return result < 0 ? Libc.LastError : NetlinkErrno.None;
    }

    /// <summary>Adds to the counters of all entries of a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="counters">What to add; of exactly as many entries as there are.</param>
    /// <returns>None when it was done; EINVAL when there is another number of entries.</returns>
    public unsafe NetlinkErrno AddCounters(string table, XtCounters counters)
    {
        ArgumentNullException.ThrowIfNull(counters);
        var start = counters.Start(XtCounters.HeaderLength);
        var header = new Span<byte>(start, XtCounters.HeaderLength);
        WriteName(table, header);
        MemoryMarshal.Write(header[32..], counters.Count);
        var length = XtCounters.HeaderLength + counters.Count * sizeof(XtCounter);
        return Libc.SetSockOpt(_socket, _level, Libc.IPT_SO_SET_ADD_COUNTERS, start, length) < 0 ? Libc.LastError : NetlinkErrno.None;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private unsafe NetlinkErrno Read(string table, XtBlob blob)
    {
        var start = blob.Start(GetHeaderLength);
        var header = new Span<byte>(start, GetHeaderLength);
        WriteName(table, header);
        MemoryMarshal.Write(header[32..], blob.Length);
        var length = GetHeaderLength + blob.Length;
        return Libc.GetSockOpt(_socket, _level, Libc.IPT_SO_GET_ENTRIES, start, ref length) < 0 ? Libc.LastError : NetlinkErrno.None;
    }

    private static void WriteName(string table, Span<byte> header)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(table.Length, NameLength);
        header[..NameLength].Clear();
        Encoding.ASCII.GetBytes(table, header);
    }

    private static XtHooks ReadHooks(ReadOnlySpan<byte> words)
    {
        var hooks = new XtHooks();
        for (var hook = 0; hook < XtHooks.Count; hook++) hooks[hook] = Word(words, hook * sizeof(uint));
        return hooks;
    }

    private static void WriteHooks(in XtHooks hooks, Span<byte> words)
    {
        for (var hook = 0; hook < XtHooks.Count; hook++) MemoryMarshal.Write(words[(hook * sizeof(uint))..], hooks[hook]);
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int offset) => MemoryMarshal.Read<uint>(bytes[offset..]);

    private static NetlinkException Failure(string verb, string table, NetlinkErrno errno) => new($"{verb} the table {table}", errno);
}
