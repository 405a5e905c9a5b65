namespace TomoBackup.Testing.S3;

/// <summary>The servers of all tests of an assembly: each starts when the first test asks for it, and ends with the
/// last.</summary>
public sealed class S3Servers : IAsyncDisposable
{
    readonly Lazy<Task<MotoServer>> _moto = new(MotoServer.StartAsync);
    readonly Lazy<Task<RadosGateway>> _gateway = new(RadosGateway.StartAsync);

    public Task<MotoServer> MotoAsync() => _moto.Value;

    public Task<RadosGateway> GatewayAsync() => _gateway.Value;

    public async ValueTask DisposeAsync()
    {
        if (_moto is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            (await _moto.Value).Dispose();

        if (_gateway is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            (await _gateway.Value).Dispose();
    }
}
