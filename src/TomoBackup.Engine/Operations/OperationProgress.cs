namespace TomoBackup.Operations;

/// <summary>
/// How far an operation is. Reported through <see cref="IProgress{T}"/> as often as the engine likes, from any thread;
/// who draws it decides how often. Rate and time left are computed there, from the clock.
/// </summary>
/// <param name="Phase">What is being done, for people: "copying files". A new phase starts a new measurement.</param>
/// <param name="DoneBytes">Bytes of this phase that are behind us.</param>
/// <param name="TotalBytes">Bytes of this phase in all; null where that is not known.</param>
/// <param name="Detail">The object in hand, or null.</param>
public readonly record struct OperationProgress(string Phase, long DoneBytes, long? TotalBytes, string? Detail = null);
