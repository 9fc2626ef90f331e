using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Shunt.Netlink.Interop;

namespace Shunt.Netlink.Xtables;

/// <summary>
/// The lock that all who change x_tables agree on: <c>/run/xtables.lock</c>. The file is opened once and kept open, so that whoever else
/// opens it is noticed: every change by iptables begins and ends with that. One owner at a time.
/// </summary>
public sealed class XtablesLock : IDisposable
{
    private const string DefaultPath = "/run/xtables.lock";
    private const int OwnerOnly = 0x180; // 0600
    private const int MaxCommandLength = 100;

    private readonly byte[] _events = new byte[4096];
    private SafeFileHandle _file;
    private SafeFileHandle? _watch;
    private StatX _identity;

    private XtablesLock(string path)
    {
        Path = path;
        (_file, _identity) = OpenFile(path);
        _watch = Watch(_file);
    }

    /// <summary>The file; XTABLES_LOCKFILE in the environment names another than the usual one, as for iptables.</summary>
    public static string StandardPath => Environment.GetEnvironmentVariable("XTABLES_LOCKFILE") is { Length: > 0 } path ? path : DefaultPath;

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Opens the lock; makes the file where there is none.</summary>
    /// <exception cref="NetlinkException">The file may not be opened or made.</exception>
    public static XtablesLock Open(string path) => new(path);

    /// <summary>
    /// Whether anybody else has opened or closed the file since this was asked last. True where that cannot be told. Somebody who opened it
    /// before and only waited may change things afterwards; he closes it after that, which is noticed too.
    /// </summary>
    public bool WasUsedByOthers()
    {
        if (_watch is null) return true;
        var used = false;
        while (Libc.Read(_watch, _events, _events.Length) > 0) used = true;
        return used;
    }

    /// <summary>Takes the lock, unless somebody holds it.</summary>
    /// <exception cref="NetlinkException">The lock does not work here.</exception>
    public bool TryAcquire()
    {
        if (!TryLock()) return false;
        if (IsInPlace()) return true;

        // Somebody has put another file there, which is what the others lock from now on. What they have done so far nobody watched, so that
        // there is no watch counts as used until the lock is given back.
        var (file, identity) = OpenFile(Path);
        _file.Dispose();
        _watch?.Dispose();
        (_file, _identity, _watch) = (file, identity, null);
        return TryLock();
    }

    /// <summary>Gives the lock back.</summary>
    public void Release()
    {
        _watch ??= Watch(_file);
        _ = Libc.FLock(_file, Libc.LOCK_UN);
    }

    /// <summary>Who holds the lock; null when nobody does, or it cannot be told.</summary>
    public XtablesLockHolder? FindHolder()
    {
        try
        {
            var file = string.Create(CultureInfo.InvariantCulture, $"{_identity.DeviceMajor:x2}:{_identity.DeviceMinor:x2}:{_identity.Inode}");
            foreach (var line in File.ReadLines("/proc/locks"))
            {
                // 1: FLOCK  ADVISORY  WRITE 708 00:13:7 0 EOF; those who wait have an arrow behind the number.
                var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (words.Length < 6 || words[1] != "FLOCK" || words[5] != file) continue;
                if (int.TryParse(words[4], CultureInfo.InvariantCulture, out var pid) && pid > 0) return new XtablesLockHolder(pid, CommandOf(pid));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // then nobody can say
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _watch?.Dispose();
    }

    private bool TryLock()
    {
        if (Libc.FLock(_file, Libc.LOCK_EX | Libc.LOCK_NB) == 0) return true;
        var errno = Libc.LastError;
        if (errno is NetlinkErrno.EAGAIN or NetlinkErrno.EINTR) return false;
        throw new NetlinkException($"lock {Path}", errno);
    }

    private bool IsInPlace() =>
        Libc.StatX(Libc.AT_FDCWD, Path, 0, Libc.STATX_INO, out var there) == 0
        && there.Inode == _identity.Inode && there.DeviceMajor == _identity.DeviceMajor && there.DeviceMinor == _identity.DeviceMinor;

    private static (SafeFileHandle File, StatX Identity) OpenFile(string path)
    {
        var file = Libc.Open(path, Libc.O_RDONLY | Libc.O_CREAT | Libc.O_CLOEXEC, OwnerOnly);
        if (!file.IsInvalid && Libc.StatX((int)file.DangerousGetHandle(), "", Libc.AT_EMPTY_PATH, Libc.STATX_INO, out var identity) == 0)
        {
            return (file, identity);
        }

        var errno = Libc.LastError;
        file.Dispose();
        throw new NetlinkException($"open the lock file {path}", errno);
    }

    /// <summary>Watches the file that is open, whatever its name leads to. Null where the kernel has no watch left to give.</summary>
    private static SafeFileHandle? Watch(SafeFileHandle file)
    {
        const uint mask = Libc.IN_OPEN | Libc.IN_CLOSE_WRITE | Libc.IN_CLOSE_NOWRITE;
        var watch = Libc.INotifyInit(Libc.IN_NONBLOCK | Libc.IN_CLOEXEC);
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{file.DangerousGetHandle()}");
        if (!watch.IsInvalid && Libc.INotifyAddWatch(watch, path, mask) >= 0) return watch;
        watch.Dispose();
        return null;
    }

    private static string CommandOf(int pid)
    {
        var process = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/");
        try
        {
            var line = File.ReadAllText(process + "cmdline").Replace('\0', ' ').Trim();
            if (line.Length == 0) line = File.ReadAllText(process + "comm").Trim();
            return line.Length <= MaxCommandLength ? line : line[..MaxCommandLength] + "...";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // it has ended
        }
    }
}
