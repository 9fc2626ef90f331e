using System.Text.Json;

namespace Shunt.Proxy.Sources.Decoding;

/// <summary>A v1 Status: how an API server says that something failed.</summary>
/// <param name="Code">The HTTP status code; zero when unset.</param>
/// <param name="Reason">The machine-readable reason; may be empty.</param>
/// <param name="Message">For humans; may be empty.</param>
/// <param name="RetryAfterSeconds">How long to wait before the next try; zero when unset.</param>
internal readonly record struct ApiStatus(int Code, string Reason, string Message, int RetryAfterSeconds)
{
    /// <summary>Reads the Status the reader stands on; what is missing or odd stays empty.</summary>
    public static ApiStatus Read(ref Utf8JsonReader reader)
    {
        var fields = new FieldReader();
        var status = new ApiStatus(0, "", "", 0);
        if (!fields.BeginObject(ref reader, "status")) return status;
        while (FieldReader.NextProperty(ref reader))
        {
            var isCode = reader.ValueTextEquals("code"u8);
            var isReason = reader.ValueTextEquals("reason"u8);
            var isMessage = reader.ValueTextEquals("message"u8);
            var isDetails = reader.ValueTextEquals("details"u8);
            reader.Read();
            if (isCode) status = status with { Code = (int)Math.Clamp(fields.Number(ref reader, "code") ?? 0, 0, 999) };
            else if (isReason) status = status with { Reason = fields.Text(ref reader, "reason") ?? "" };
            else if (isMessage) status = status with { Message = fields.UniqueText(ref reader, "message") ?? "" };
            else if (isDetails) status = status with { RetryAfterSeconds = ReadRetryAfter(ref reader, fields) };
            else reader.Skip();
        }

        return status;
    }

    /// <summary>Reads the body of a failed request, which may be anything.</summary>
    public static ApiStatus FromBody(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body, ObjectDecoder.JsonOptions);
            if (reader.Read()) return Read(ref reader);
        }
        catch (JsonException)
        {
            // A proxy's error page, or a cut body: the HTTP status has to do.
        }

        return new ApiStatus(0, "", "", 0);
    }

    private static int ReadRetryAfter(ref Utf8JsonReader reader, FieldReader fields)
    {
        if (!fields.BeginObject(ref reader, "details")) return 0;
        long seconds = 0;
        while (FieldReader.NextProperty(ref reader))
        {
            var isRetry = reader.ValueTextEquals("retryAfterSeconds"u8);
            reader.Read();
            if (isRetry) seconds = fields.Number(ref reader, "retryAfterSeconds") ?? 0;
            else reader.Skip();
        }

        return (int)Math.Clamp(seconds, 0, int.MaxValue);
    }
}
