using System.Text;
using TomoBackup.Policies.Declaration;

namespace TomoBackup.Tests.Policies;

/// <summary>Writes the reference of all keys from the declaration, as Markdown.</summary>
static class KeyReference
{
    public static string Write()
    {
        var text = new StringBuilder();
        Table(text, "", PolicyKeys.Root);
        return text.ToString();
    }

    static void Table(StringBuilder text, string place, SectionShape section)
    {
        text.Append(place.Length is 0 ? "\n### The top\n\n" : $"\n### `{place}`\n\n")
            .Append("| key | value | when absent | meaning |\n| --- | --- | --- | --- |\n");

        foreach (var key in section.Keys)
            text.Append($"| `{key.Name}`{(key.IsRequired ? "\\*" : "")} | {ValueOf(key)} | {AbsentOf(key)} | ")
                .Append($"{Cell(key.Words)}{(key.NotYet is { } reason ? $" *Not yet: {reason}.*" : "")} |\n");

        if (section.Others is ScalarShape others)
            text.Append($"| any other prefix | {Cell(others.Form)} | never | After which age objects below it go. |\n");

        foreach (var choice in section.Choices)
            text.Append($"\n{RuleOf(choice.Rule)}: {string.Join(", ", choice.Keys.Select(key => $"`{key}`"))}.\n");

        foreach (var key in section.Keys)
            Below(text, place.Length is 0 ? key.Name : $"{place}.{key.Name}", key.Shape);
    }

    static void Below(StringBuilder text, string place, ValueShape shape)
    {
        switch (shape)
        {
            case SectionShape section when section == SecretKeys.Shape && text.ToString().Contains("`command`"):
                break;

            case SectionShape section:
                Table(text, section == SecretKeys.Shape ? "access_key, secret_key, token, secret" : place, section);
                break;

            case NamedShape { Item: SectionShape item }:
                Table(text, $"{place}.NAME", item);
                break;

            case ListShape { Item: SectionShape item }:
                Table(text, $"{place}[]", item);
                break;

            case EitherShape { Section: var rule } when rule == RetentionKeys.RuleShape
                && !text.ToString().Contains("`monthly`"):
                Table(text, "retention: a rule", rule);
                break;
        }
    }

    static string ValueOf(PolicyKey key) => key.Shape switch
    {
        ScalarShape scalar => Cell(scalar.Form),
        ListShape { Item: ScalarShape item } => $"a list, each {Cell(item.Form)}",
        ListShape => "a list of sections",
        NamedShape => "sections by name",
        EitherShape => "a rule, or a rule for each repository",
        _ => "a section",
    };

    static string AbsentOf(PolicyKey key)
        => key.Default is { } value ? $"`{value}`" : key.IsRequired ? "an error" : Cell(key.WhenAbsent ?? "");

    static string RuleOf(ChoiceRule rule) => rule switch
    {
        ChoiceRule.ExactlyOne => "Exactly one of them",
        ChoiceRule.AtLeastOne => "At least one of them",
        _ => "All of them or none",
    };

    static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
