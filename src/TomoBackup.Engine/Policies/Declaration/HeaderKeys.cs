namespace TomoBackup.Policies.Declaration;

/// <summary>The keys of <c>policy</c> and of each of <c>objectives</c>.</summary>
static class HeaderKeys
{
    public static readonly PolicyKey<string> Title = new(
        "title", "What the document is called.", PolicyValues.Text)
    {
        Default = new PolicyHeader().Title,
    };

    public static readonly PolicyKey<string> Owner = new(
        "owner", "Who answers for the policy.", PolicyValues.Text)
    {
        WhenAbsent = "nobody is named",
    };

    public static readonly PolicyKey<DateOnly?> Effective = new(
        "effective", "Since when the policy holds.", PolicyValues.Date);

    public static readonly PolicyKey<DateOnly?> LastReview = new(
        "last_review", "When the policy was last reviewed.", PolicyValues.Date);

    public static readonly PolicyKey<DateOnly?> NextReview = new(
        "next_review", "By when the policy must be reviewed again.", PolicyValues.Date);

    public static readonly SectionShape Shape = new(Title, Owner, Effective, LastReview, NextReview);

    public static readonly PolicyKey<Duration?> Rto = new(
        "rto",
        "Recovery time objective: at most this long from the declaration of an incident to service restored.",
        PolicyValues.Duration)
    {
        IsRequired = true,
    };

    public static readonly PolicyKey<Duration?> Rpo = new(
        "rpo", "Recovery point objective: at most this much of the latest work is lost.", PolicyValues.Duration)
    {
        IsRequired = true,
    };

    public static readonly SectionShape ObjectiveShape = new(Rto, Rpo);
}
