namespace TomoBackup.Measurements;

/// <summary>The values of one cluster at one moment. Each measure of the catalogue is in it, for the cluster or for
/// every repository of the policy: whoever leaves one out has forgotten to say why it is not known.</summary>
/// <param name="now">When they were measured.</param>
public sealed class MeasurementSet(DateTimeOffset now)
{
    readonly OrderedDictionary<(string Measure, string? Repository), Measurement> _values = [];

    /// <summary>When they were measured.</summary>
    public DateTimeOffset At => now;

    /// <summary>All, in the order in which they were measured.</summary>
    public IReadOnlyCollection<Measurement> All => _values.Values;

    /// <summary>One value; throws where nobody added it.</summary>
    public Measurement this[Measure measure, string? repository = null]
        => _values.TryGetValue((measure.Name, repository), out var found)
            ? found
            : throw new InvalidOperationException($"'{measure.Name}' was never measured for '{repository}'");

    /// <summary>Adds a number, in the measure's unit.</summary>
    public void Add(Measure measure, string? repository, double number)
        => Add(Of(measure, repository, MeasureState.Known) with { Number = number });

    /// <summary>Adds a span of time.</summary>
    public void Add(Measure measure, string? repository, TimeSpan span) => Add(measure, repository, span.TotalSeconds);

    /// <summary>Adds a moment.</summary>
    public void Add(Measure measure, string? repository, DateTimeOffset moment)
        => Add(Of(measure, repository, MeasureState.Known) with { Moment = moment.ToUniversalTime() });

    /// <summary>Adds a text.</summary>
    public void Add(Measure measure, string? repository, string text)
        => Add(Of(measure, repository, MeasureState.Known) with { Text = text });

    /// <summary>Says why a value is not known.</summary>
    public void AddUnknown(Measure measure, string? repository, Unknown unknown)
        => Add(Of(measure, repository, unknown.State) with { Reason = unknown.Reason, Remedy = unknown.Remedy });

    /// <summary>Says of all measures of a scope that have no value yet why that is so.</summary>
    public void AddUnknown(MeasureScope scope, string? repository, Unknown unknown)
    {
        foreach (var measure in Measures.All.Where(m => m.Scope == scope))
            if (!_values.ContainsKey((measure.Name, repository)))
                AddUnknown(measure, repository, unknown);
    }

    void Add(Measurement value) => _values.Add((value.Measure.Name, value.Repository), value);

    Measurement Of(Measure measure, string? repository, MeasureState state)
        => (measure.Scope == MeasureScope.Repository) == repository is not null
            ? new Measurement { Measure = measure, Repository = repository, State = state, At = now }
            : throw new ArgumentException($"'{measure.Name}' is measured by {measure.Scope}", nameof(repository));
}

/// <summary>Why a value is not known.</summary>
/// <param name="State">Whether it was tried.</param>
/// <param name="Reason">Lower case, no full stop.</param>
/// <param name="Remedy">What would bring it about, a sentence; null where we do not know.</param>
public sealed record Unknown(MeasureState State, string Reason, string? Remedy = null)
{
    /// <summary>Nothing has measured it yet.</summary>
    public static Unknown NotYet(string reason, string? remedy = null)
        => new(MeasureState.NotMeasured, reason, remedy);

    /// <summary>It was tried in vain.</summary>
    public static Unknown InVain(string reason, string? remedy = null)
        => new(MeasureState.CouldNotMeasure, reason, remedy);
}
