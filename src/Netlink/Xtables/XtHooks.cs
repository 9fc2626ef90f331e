namespace Shunt.Netlink.Xtables;

/// <summary>One offset for each of the five places in the kernel that a table can be called from; those a table does not have mean nothing.</summary>
public record struct XtHooks
{
    /// <summary>How many there are.</summary>
    public const int Count = 5;

    private uint _prerouting;
    private uint _input;
    private uint _forward;
    private uint _output;
    private uint _postrouting;

    /// <summary>That of a place by its number: NF_INET_PRE_ROUTING and so on of linux/netfilter.h.</summary>
    public uint this[int hook]
    {
        readonly get => hook switch
        {
            0 => _prerouting,
            1 => _input,
            2 => _forward,
            3 => _output,
            4 => _postrouting,
            _ => throw new ArgumentOutOfRangeException(nameof(hook), hook, null),
        };
        set
        {
            switch (hook)
            {
                case 0: _prerouting = value; break;
                case 1: _input = value; break;
                case 2: _forward = value; break;
                case 3: _output = value; break;
                case 4: _postrouting = value; break;
                default: throw new ArgumentOutOfRangeException(nameof(hook), hook, null);
            }
        }
    }
}
