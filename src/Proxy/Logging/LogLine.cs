using Microsoft.Extensions.Logging;

namespace Shunt.Proxy.Logging;

/// <summary>One thing to be logged.</summary>
/// <param name="Time">When, local time.</param>
/// <param name="Level">How important.</param>
/// <param name="Category">Who says it: the last part of the logger's name.</param>
/// <param name="Message">What, as text.</param>
/// <param name="Fields">The values that belong to it, by name, and the message's template as the logging library hands it over.</param>
/// <param name="Exception">What went wrong; null when nothing did.</param>
internal readonly record struct LogLine(
    DateTimeOffset Time,
    LogLevel Level,
    string Category,
    string Message,
    IReadOnlyList<KeyValuePair<string, object?>> Fields,
    Exception? Exception)
{
    private const string TemplateName = "{OriginalFormat}";
    private const string ErrorName = "err";

    /// <summary>What went wrong, as text: the exception's, or else the value named <c>err</c>; null when nothing did.</summary>
    public string? Error
    {
        get
        {
            if (Exception is not null) return ErrorText.Of(Exception);
            foreach (var (name, value) in Fields)
            {
                if (name == ErrorName) return value?.ToString() ?? "";
            }

            return null;
        }
    }

    /// <summary>The template is one placeholder: the message was put together by who logs it, as with <c>printf</c>, and is printed as it is.</summary>
    public bool IsPlain => Template is ['{', .. var name, '}'] && !name.AsSpan().ContainsAny('{', '}');

    /// <summary>The values the message does not have in it, in order, without the error. An underscore in a parameter's name is a space in the key.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Values
    {
        get
        {
            var template = Template;
            foreach (var (name, value) in Fields)
            {
                if (name is TemplateName or ErrorName || Contains(template, name)) continue;
                yield return new(name.Replace('_', ' '), value);
            }
        }
    }

    private string Template => Fields is [.., { Key: TemplateName, Value: string template }] ? template : "";

    private static bool Contains(string template, string name)
    {
        for (var at = template.IndexOf('{', StringComparison.Ordinal); at >= 0; at = template.IndexOf('{', at + 1))
        {
            var rest = template.AsSpan(at + 1);
            if (rest.Length > name.Length && rest.StartsWith(name, StringComparison.OrdinalIgnoreCase) && rest[name.Length] is '}' or ':' or ',') return true;
        }

        return false;
    }
}
