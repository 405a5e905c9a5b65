using System.Text;

namespace TomoBackup.Testing.Canaries;

/// <summary>Looks at the arguments and the environment of every process that this user may look at, again and again,
/// and keeps what it saw. What lives for less than a look escapes it.</summary>
public sealed class ProcessWatch : IAsyncDisposable
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(3);

    readonly CancellationTokenSource _stop = new();
    readonly HashSet<(string Process, string Arguments)> _known = [];
    readonly HashSet<string> _environments = [];
    readonly Task _watching;

    public ProcessWatch() => _watching = Task.Run(WatchAsync);

    /// <summary>Looks no more. What it saw may be read from then on.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _watching;
    }

    /// <summary>The words of every call of a program.</summary>
    public IReadOnlyList<string> CallsOf(string program)
        => [.. _known.Select(seen => seen.Arguments.Split('\0'))
            .Where(words => words[0] == program)
            .Select(words => string.Join(' ', words[1..]).Trim())
            .Distinct()];

    /// <summary>Where it saw a secret.</summary>
    public IEnumerable<string> Sightings(Canary canary)
        => _known.Select(seen => seen.Arguments).Where(arguments => canary.IsIn(Encoding.Latin1.GetBytes(arguments)))
            .Select(arguments => $"{canary} in the arguments of '{arguments.Split('\0')[0]}'")
            .Concat(_environments.Where(variables => canary.IsIn(Encoding.Latin1.GetBytes(variables)))
                .Select(_ => $"{canary} in the environment of a process"));

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            foreach (var process in Directory.EnumerateDirectories("/proc"))
                if (char.IsAsciiDigit(Path.GetFileName(process)[0]))
                    Look(process);

            await Task.Delay(Pause);
        }
    }

    // A process that becomes another program keeps its id.
    void Look(string process)
    {
        if (Read($"{process}/cmdline") is { } arguments && _known.Add((process, arguments))
            && Read($"{process}/environ") is { } variables)
            _environments.Add(variables);
    }

    static string? Read(string path)
    {
        try
        {
            return Encoding.Latin1.GetString(File.ReadAllBytes(path));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
