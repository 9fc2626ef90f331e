namespace Shunt.Netlink.Xtables;

/// <summary>How a table is laid out: <c>struct ipt_getinfo</c> of linux/netfilter_ipv4/ip_tables.h. It changes with most changes of the rules, not with all.</summary>
/// <param name="ValidHooks">The places it is called from, as bits.</param>
/// <param name="Entries">How many entries it has; a chain has one or two besides its rules.</param>
/// <param name="Size">How many bytes they are.</param>
/// <param name="Hooks">Where the chain of each place begins.</param>
/// <param name="Underflows">Where its last entry is, the policy.</param>
public readonly record struct XtTableInfo(uint ValidHooks, int Entries, int Size, XtHooks Hooks, XtHooks Underflows);
