using Microsoft.Win32.SafeHandles;
using Shunt.Netlink.Interop;

namespace Shunt.Netlink;

/// <summary>
/// A network namespace, held open. Sockets belong to the namespace of the thread that makes them, so make them inside
/// <see cref="Run{T}"/> and use them anywhere.
/// </summary>
public sealed class NetNamespace : IDisposable
{
    private readonly SafeFileHandle _descriptor;

    private NetNamespace(string path, SafeFileHandle descriptor)
    {
        Path = path;
        _descriptor = descriptor;
    }

    /// <summary>Where the namespace was found.</summary>
    public string Path { get; }

    /// <summary>Opens a namespace by the name <c>ip netns</c> knows it by, or by a path such as <c>/proc/1234/ns/net</c>.</summary>
    /// <exception cref="NetlinkException">There is none, or it may not be opened.</exception>
    public static NetNamespace Open(string nameOrPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrPath);
        var path = nameOrPath.Contains('/') ? nameOrPath : "/run/netns/" + nameOrPath;
        var descriptor = Libc.Open(path, Libc.O_RDONLY | Libc.O_CLOEXEC);
        if (!descriptor.IsInvalid) return new NetNamespace(path, descriptor);
        var errno = Libc.LastError;
        descriptor.Dispose();
        throw new NetlinkException($"open the network namespace {path}", errno);
    }

    /// <summary>
    /// Runs a function inside the namespace and waits for it. It has a thread of its own, which ends with it: a thread of the pool
    /// would stay in the namespace.
    /// </summary>
    /// <exception cref="NetlinkException">The process may not enter (CAP_SYS_ADMIN).</exception>
    public T Run<T>(Func<T> function)
    {
        ArgumentNullException.ThrowIfNull(function);

        // A task carries result and exception across; it runs on the thread that asks for it, so on ours.
        var task = new Task<T>(() =>
        {
            Enter();
            return function();
        });
        var thread = new Thread(() => task.RunSynchronously(TaskScheduler.Default)) { IsBackground = true, Name = "netns" };
        thread.Start();
        thread.Join();
        return task.GetAwaiter().GetResult();
    }

    /// <summary>Runs an action inside the namespace and waits for it; as <see cref="Run{T}"/>.</summary>
    public void Run(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        Run(() =>
        {
            action();
            return true;
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();

    private void Enter()
    {
        if (Libc.SetNs(_descriptor, Libc.CLONE_NEWNET) < 0)
        {
            throw new NetlinkException($"enter the network namespace {Path}", Libc.LastError);
        }
    }
}
