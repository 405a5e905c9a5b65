namespace TomoBackup.Measurements;

/// <summary>What is known of a measured value. Unknown is never zero, and never absent in silence.</summary>
public enum MeasureState
{
    /// <summary>It was measured.</summary>
    Known,

    /// <summary>Nothing has measured it yet, or there is nothing yet that could be measured.</summary>
    NotMeasured,

    /// <summary>It was tried, and what had to be asked did not answer.</summary>
    CouldNotMeasure,
}

/// <summary>One measured value: exactly one of number, moment and text where it is known, a reason where it is
/// not.</summary>
public sealed record Measurement
{
    /// <summary>What was measured.</summary>
    public required Measure Measure { get; init; }

    /// <summary>Name of the repository; null for a value of the cluster.</summary>
    public required string? Repository { get; init; }

    /// <summary>What is known.</summary>
    public required MeasureState State { get; init; }

    /// <summary>When it was looked at.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>In the measure's unit; null for moments and texts, and where it is not known.</summary>
    public double? Number { get; init; }

    /// <summary>Of a measure that is a moment.</summary>
    public DateTimeOffset? Moment { get; init; }

    /// <summary>Of a measure that is a text.</summary>
    public string? Text { get; init; }

    /// <summary>Why it is not known: lower case, no full stop; null where it is.</summary>
    public string? Reason { get; init; }

    /// <summary>What would bring it about, where something failed: a sentence; null where we do not know.</summary>
    public string? Remedy { get; init; }

    /// <summary>True where it was measured.</summary>
    public bool IsKnown => State == MeasureState.Known;

    /// <summary>The number as a span of time; null where it is not known.</summary>
    public TimeSpan? Span => Number is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
}
