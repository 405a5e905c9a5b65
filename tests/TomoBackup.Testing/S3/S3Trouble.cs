namespace TomoBackup.Testing.S3;

/// <summary>What a service, or the line to it, does to one request.</summary>
public abstract record S3Trouble
{
    S3Trouble()
    {
    }

    /// <summary>An answer in the service's stead; the request goes nowhere. With status 200 it is the error in
    /// disguise that S3 knows.</summary>
    public sealed record Answer(int Status, string Code, params (string Name, string Value)[] Headers) : S3Trouble
    {
        /// <summary>The sentence in the answer.</summary>
        public string Text { get; init; } = "so it goes";
    }

    /// <summary>The connection is reset when so many bytes of the request's body have come; nothing of it arrives.
    /// </summary>
    public sealed record CutRequest(int AfterBytes) : S3Trouble;

    /// <summary>The request is carried out, and the connection reset instead of an answer.</summary>
    public sealed record LostReply : S3Trouble;

    /// <summary>The answer's headers promise all of its body, and so many bytes of it come.</summary>
    public sealed record ShortAnswer(int Bytes) : S3Trouble;

    /// <summary>The answer's body comes a byte at a time.</summary>
    public sealed record SlowAnswer(TimeSpan Pause) : S3Trouble;

    /// <summary>The request's body is taken a byte at a time.</summary>
    public sealed record SlowRequest(TimeSpan Pause) : S3Trouble;

    /// <summary>The request is read, and nothing ever comes back.</summary>
    public sealed record BlackHole : S3Trouble;

    /// <summary>A byte in the middle of the request's body arrives flipped.</summary>
    public sealed record SpoiledRequest : S3Trouble;

    /// <summary>The answer's body is another one.</summary>
    public sealed record OtherAnswer(Func<byte[], byte[]> Body) : S3Trouble;

    /// <summary>The answer is the one that the same request got the first time.</summary>
    public sealed record StaleAnswer : S3Trouble;
}
