using System.Net.Http.Headers;

namespace TomoBackup.Storage.S3;

/// <summary>What the last answer told of the server besides: its clock and its software.</summary>
sealed class ServerSigns(TimeProvider time)
{
    volatile Sign _last = new(ClockDifference: null, Software: "");

    /// <summary>Their clock less ours, to a second, for that is how answers show it; null before the first answer.
    /// </summary>
    public TimeSpan? ClockDifference => _last.ClockDifference;

    /// <summary>As the server calls itself; empty where it does not say.</summary>
    public string Software => _last.Software;

    public void Note(HttpResponseHeaders headers)
    {
        var difference = headers.Date is { } theirs
            ? TimeSpan.FromSeconds(Math.Round((theirs - time.GetUtcNow()).TotalSeconds))
            : _last.ClockDifference;

        _last = new Sign(difference, headers.Server.ToString());
    }

    sealed record Sign(TimeSpan? ClockDifference, string Software);
}
