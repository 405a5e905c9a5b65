using System.Collections.Concurrent;

namespace TomoBackup.Verification;

/// <summary>Everything seen so far; workers add to it at once.</summary>
sealed class Findings
{
    readonly ConcurrentQueue<VerifyFinding> _all = new();
    readonly ConcurrentDictionary<string, bool> _damaged = new(StringComparer.Ordinal);

    /// <summary>True where damage of this subject is known, so that its consequences need no finding of their own.
    /// </summary>
    public bool IsDamaged(string subject) => _damaged.ContainsKey(subject);

    public void Damage(string subject, string sentence, Cost cost)
    {
        _damaged[subject] = true;
        _all.Enqueue(
            new VerifyFinding(VerifySeverity.Damage, subject, sentence) { Backups = cost.Backups, Wal = cost.Wal });
    }

    public void Warn(string subject, string sentence)
        => _all.Enqueue(new VerifyFinding(VerifySeverity.Warning, subject, sentence));

    public void Inform(string subject, string sentence)
        => _all.Enqueue(new VerifyFinding(VerifySeverity.Information, subject, sentence));

    /// <summary>Worst first, then by subject: the same repository gives the same report.</summary>
    public IReadOnlyList<VerifyFinding> Sorted()
        => [.. _all
            .OrderByDescending(f => f.Severity)
            .ThenBy(f => f.Subject, StringComparer.Ordinal)
            .ThenBy(f => f.Sentence, StringComparer.Ordinal)];
}
