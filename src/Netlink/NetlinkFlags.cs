namespace Shunt.Netlink;

/// <summary>The flags of a message header, with their names in linux/netlink.h.</summary>
[Flags]
public enum NetlinkFlags : ushort
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>A request; on every message to the kernel.</summary>
    NLM_F_REQUEST = 0x1,

    /// <summary>One of several replies; the last is NLMSG_DONE.</summary>
    NLM_F_MULTI = 0x2,

    /// <summary>Answer even when all is well.</summary>
    NLM_F_ACK = 0x4,

    /// <summary>In a request that writes: say what was made of it.</summary>
    NLM_F_ECHO = 0x8,

    /// <summary>In a dump: something changed while it was being made, so it is a mixture.</summary>
    NLM_F_DUMP_INTR = 0x10,

    /// <summary>In a reply: the acknowledgement echoes the header of the request only.</summary>
    NLM_F_CAPPED = 0x100,

    /// <summary>In a reply: attributes follow the acknowledgement.</summary>
    NLM_F_ACK_TLVS = 0x200,

    /// <summary>In a request that reads: everything (NLM_F_ROOT | NLM_F_MATCH).</summary>
    NLM_F_DUMP = 0x300,

    /// <summary>In a request that writes: put it in the place of what exists.</summary>
    NLM_F_REPLACE = 0x100,

    /// <summary>In a request that writes: refuse when it exists.</summary>
    NLM_F_EXCL = 0x200,

    /// <summary>In a request that writes: create when it does not exist.</summary>
    NLM_F_CREATE = 0x400,

    /// <summary>In a request that writes: add at the end.</summary>
    NLM_F_APPEND = 0x800,
}
