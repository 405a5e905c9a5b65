namespace TomoBackup.Tests.Architecture;

/// <summary>Says every place where a rule is broken: the reader wants to mend them all in one go.</summary>
static class Rule
{
    public static void Holds(IEnumerable<string> violations)
    {
        var broken = violations.ToList();

        if (broken.Count > 0)
            Assert.Fail($"{broken.Count} found\n{string.Join('\n', broken)}");
    }
}
