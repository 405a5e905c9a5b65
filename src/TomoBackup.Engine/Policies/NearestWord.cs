namespace TomoBackup.Policies;

/// <summary>"Did you mean": the word that a mistyped one is nearest to.</summary>
public static class NearestWord
{
    /// <summary>The nearest candidate, or null where none is near enough to be worth a guess: one slip for up to five
    /// letters, one more for every three after. A slip is a letter too many, missing, wrong, or two swapped.</summary>
    public static string? Find(string word, IEnumerable<string> candidates)
    {
        var best = (Word: (string?)null, Slips: 1 + Math.Max(0, word.Length - 3) / 3 + 1);

        foreach (var candidate in candidates)
        {
            var slips = Slips(word.ToLowerInvariant(), candidate.ToLowerInvariant());

            if (slips < best.Slips && slips < candidate.Length)
                best = (candidate, slips);
        }

        return best.Word;
    }

    /// <summary>Optimal string alignment distance.</summary>
    static int Slips(string from, string to)
    {
        var beforeLast = new int[to.Length + 1];
        var last = new int[to.Length + 1];
        var current = new int[to.Length + 1];

        for (var j = 0; j <= to.Length; j++)
            last[j] = j;

        for (var i = 1; i <= from.Length; i++)
        {
            current[0] = i;

            for (var j = 1; j <= to.Length; j++)
            {
                var wrong = from[i - 1] == to[j - 1] ? 0 : 1;
                current[j] = Math.Min(Math.Min(last[j], current[j - 1]) + 1, last[j - 1] + wrong);

                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    current[j] = Math.Min(current[j], beforeLast[j - 2] + 1);
            }

            (beforeLast, last, current) = (last, current, beforeLast);
        }

        return last[to.Length];
    }
}
