namespace TomoBackup.Testing.S3;

/// <summary>A request as it reached the proxy.</summary>
/// <param name="Method">GET, PUT …</param>
/// <param name="Target">Path and query as sent.</param>
/// <param name="Connection">Which connection brought it, from 1.</param>
/// <param name="At">When.</param>
/// <param name="Headers">By name, regardless of case.</param>
public sealed record SeenRequest(
    string Method, string Target, int Connection, DateTimeOffset At, IReadOnlyDictionary<string, string> Headers)
{
    public bool IsListing => Method == "GET" && Target.Contains("list-type=2", StringComparison.Ordinal);

    public bool IsGet => Method == "GET" && !Target.Contains('?', StringComparison.Ordinal);

    public bool IsPut => Method == "PUT" && !IsPart;

    public bool IsPart => Method == "PUT" && Target.Contains("partNumber=", StringComparison.Ordinal);

    public bool IsBegin => Method == "POST" && Target.EndsWith("?uploads", StringComparison.Ordinal);

    public bool IsJoin => Method == "POST" && Target.Contains("uploadId=", StringComparison.Ordinal);

    public bool IsAbort => Method == "DELETE" && Target.Contains("uploadId=", StringComparison.Ordinal);

    public bool IsDelete => Method == "DELETE" && !IsAbort;

    /// <summary>The length of the body that its headers promise.</summary>
    public int Length => Headers.TryGetValue("Content-Length", out var text) ? int.Parse(text, null) : 0;
}
