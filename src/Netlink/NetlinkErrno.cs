namespace Shunt.Netlink;

/// <summary>
/// The kernel's answers that callers tell apart, by their names in asm-generic/errno.h. Any other number is a legal value too and
/// prints as the number.
/// </summary>
public enum NetlinkErrno
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>The capability is missing.</summary>
    EPERM = 1,

    /// <summary>The named object does not exist.</summary>
    ENOENT = 2,

    /// <summary>A signal came first; the call is made again.</summary>
    EINTR = 4,

    /// <summary>Nothing arrived within the receive timeout.</summary>
    EAGAIN = 11,

    /// <summary>The kernel is out of memory.</summary>
    ENOMEM = 12,

    /// <summary>The file may not be opened.</summary>
    EACCES = 13,

    /// <summary>Somebody still uses the object.</summary>
    EBUSY = 16,

    /// <summary>The object exists already.</summary>
    EEXIST = 17,

    /// <summary>The message makes no sense to the kernel; from nfnetlink also: it has no such subsystem.</summary>
    EINVAL = 22,

    /// <summary>A text or number is too long.</summary>
    ERANGE = 34,

    /// <summary>Chains lead in a circle.</summary>
    ELOOP = 40,

    /// <summary>The transaction was built on a generation that has passed.</summary>
    ERESTART = 85,

    /// <summary>The message is longer than the send buffer.</summary>
    EMSGSIZE = 90,

    /// <summary>The kernel has no such socket option: nobody there to take it.</summary>
    ENOPROTOOPT = 92,

    /// <summary>The kernel has no such netlink family.</summary>
    EPROTONOSUPPORT = 93,

    /// <summary>The operation is not supported.</summary>
    EOPNOTSUPP = 95,

    /// <summary>The address family is not supported.</summary>
    EAFNOSUPPORT = 97,

    /// <summary>Replies or events were lost: the state is unknown until it is read again.</summary>
    ENOBUFS = 105,

    /// <summary>Nobody in the kernel listens on this netlink family.</summary>
    ECONNREFUSED = 111,
}
