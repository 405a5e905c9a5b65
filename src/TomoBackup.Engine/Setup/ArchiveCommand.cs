using System.Buffers;

namespace TomoBackup.Setup;

/// <summary>The text of <c>archive_command</c>: the server gives it to <c>/bin/sh</c> after replacing %p, so words are
/// quoted for the shell and each % of a path is doubled.</summary>
static class ArchiveCommand
{
    static readonly SearchValues<char> Plain = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:@+,=-");

    /// <summary>The command that pushes with this program and policy.</summary>
    /// <param name="program">Absolute path.</param>
    /// <param name="policy">Absolute path.</param>
    /// <param name="cluster">Null where the policy names one cluster only.</param>
    public static string For(string program, string policy, string? cluster)
        => $"{Word(program)} --policy {Word(policy)}"
            + (cluster is null ? "" : $" --cluster {Word(cluster)}")
            + " wal push %p";

    /// <summary>The program that a command begins with, as far as that can be seen without a shell; null
    /// otherwise.</summary>
    public static string? ProgramOf(string command)
    {
        var text = command.TrimStart().Replace("%%", "%", StringComparison.Ordinal);

        if (text is ['\'' or '"', ..])
            return text.IndexOf(text[0], 1) is > 1 and var end ? text[1..end] : null;

        var word = text.Split(' ', 2)[0];
        return word.AsSpan().ContainsAnyExcept(Plain) || word.Length == 0 ? null : word;
    }

    static string Word(string text)
    {
        var escaped = text.Replace("%", "%%", StringComparison.Ordinal);

        return text.AsSpan().ContainsAnyExcept(Plain)
            ? $"'{escaped.Replace("'", "'\\''", StringComparison.Ordinal)}'"
            : escaped;
    }
}
