namespace Shunt.Backends.Iptables;

/// <summary>How a new connection finds the rules of its Service: the values of <c>--shunt-iptables-dispatch</c>.</summary>
public enum IptablesDispatch
{
    /// <summary><see cref="Tree"/> where there are many Services, else <see cref="Linear"/>.</summary>
    Auto,

    /// <summary>KUBE-SERVICES has a rule for each address and port, as kube-proxy has it: the last costs as many comparisons as there are.</summary>
    Linear,

    /// <summary>KUBE-SERVICES leads to a chain for each network that has Services, and that to smaller ones: all cost the same few comparisons.</summary>
    Tree,
}
