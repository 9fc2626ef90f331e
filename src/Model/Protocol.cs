namespace Shunt.Model;

/// <summary>A transport protocol a Service port may have. The values are the IANA protocol numbers (linux/in.h).</summary>
public enum Protocol : byte
{
    /// <summary>TCP.</summary>
    Tcp = 6,

    /// <summary>UDP.</summary>
    Udp = 17,

    /// <summary>SCTP.</summary>
    Sctp = 132,
}
