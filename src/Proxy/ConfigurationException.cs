namespace Shunt.Proxy;

/// <summary>
/// Something the user gave (a file, a flag, an environment) cannot be used. The message is one line, naming what and why, fit to be
/// printed as it is.
/// </summary>
public sealed class ConfigurationException(string message, Exception? inner = null) : Exception(message, inner);
