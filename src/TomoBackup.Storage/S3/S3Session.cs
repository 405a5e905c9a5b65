namespace TomoBackup.Storage.S3;

/// <summary>What all objects of a store share.</summary>
sealed class S3Session : IDisposable
{
    // Giving up comes after a failure or a cancelled call: it has its own limit, and no second attempt.
    static readonly TimeSpan AbandonTime = TimeSpan.FromSeconds(20);

    readonly S3Connections _connections;

    public S3Session(S3Options options)
    {
        Options = options;
        Capabilities = options.Capabilities ?? StoreCapabilities.Of(options.Endpoint);
        Address = options.Prefix.Length == 0 ? $"s3://{options.Bucket}" : $"s3://{options.Bucket}/{options.Prefix}";
        _connections = new S3Connections(options);
        Attempts = new S3Attempts(Address, _connections, options);
        Bucket = new S3Bucket(options);
        Writes = new S3Writes(Bucket, Capabilities, Signs);
        Places = new SemaphoreSlim(options.PartsInFlight, options.PartsInFlight);
    }

    public S3Options Options { get; }

    public StoreCapabilities Capabilities { get; }

    public string Address { get; }

    public S3Attempts Attempts { get; }

    public S3Bucket Bucket { get; }

    public S3Writes Writes { get; }

    public ServerSigns Signs => _connections.Signs;

    /// <summary>For parts under way.</summary>
    public SemaphoreSlim Places { get; }

    public S3Publication Publish(ObjectKey key, string mark)
        => new(Bucket, Attempts, Capabilities, Address, key, mark);

    /// <summary>Gives up an upload as far as the service lets us; what stays is swept later
    /// (<see cref="S3Store.SweepAsync"/>).</summary>
    public async Task AbandonAsync(string path, string upload)
    {
        using var limit = new CancellationTokenSource(AbandonTime, Options.Time);

        try
        {
            await Writes.AbandonAsync(_connections.Fresh, path, upload, limit.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (S3Fault.IsOf(failure))
        {
            // Invisible litter: no reason to hide the failure that brought us here.
        }
    }

    public void Dispose()
    {
        _connections.Dispose();
        Places.Dispose();
    }
}
