using System.Diagnostics;

namespace TomoBackup.Tests.Codecs;

/// <summary>A program that others wrote, run in a private folder, as the witness of what our bytes are.</summary>
sealed class OtherProgram(string name) : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tomo-backup-codecs-");

    public string Write(string file, byte[] bytes)
    {
        var path = Path.Combine(_folder.FullName, file);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Runs it and gives its output; a program that is missing or fails fails the test.</summary>
    public byte[] Run(byte[] input, params string[] arguments)
    {
        var start = new ProcessStartInfo(name, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var feeding = Task.Run(() =>
        {
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        });

        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();

        Assert.True(process.ExitCode == 0, $"{name} {string.Join(' ', arguments)}: {error.Result}");
        feeding.Wait();
        return output.ToArray();
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
