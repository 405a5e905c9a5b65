using System.Globalization;
using System.Runtime.CompilerServices;

namespace TomoBackup.Policies.Rendering;

/// <summary>How a piece of text is set.</summary>
enum SpanKind
{
    Plain,

    Strong,

    Code,
}

/// <summary>A piece of text, as it is meant: nothing in it is markup yet.</summary>
readonly record struct Span(string Text, SpanKind Kind);

/// <summary>
/// Text of the document. Written as an interpolated string: what stands in it is ours and may hold <c>`code`</c> and
/// <c>*strong*</c>; what is filled in comes from a policy, and never becomes markup. No string converts to it, so that
/// none can be taken for ours by mistake.
/// </summary>
[InterpolatedStringHandler]
sealed class Prose
{
    readonly List<Span> _spans;

    /// <summary>For the compiler.</summary>
    public Prose(int literalLength, int formattedCount) => _spans = new(formattedCount + literalLength / 32 + 1);

    public IReadOnlyList<Span> Spans => _spans;

    /// <summary>A value alone.</summary>
    public static Prose Of(string value) => $"{value}";

    /// <summary>Our own words.</summary>
    public void AppendLiteral(string ours)
    {
        var kind = SpanKind.Plain;
        var start = 0;

        for (var at = 0; at <= ours.Length; at++)
        {
            var mark = at < ours.Length ? KindOf(ours[at]) : null;

            if (at < ours.Length && (mark is null || (kind is not SpanKind.Plain && mark != kind)))
                continue;

            Add(ours[start..at], kind);
            kind = kind is SpanKind.Plain ? mark ?? kind : SpanKind.Plain;
            start = at + 1;
        }
    }

    /// <summary>A value of the policy.</summary>
    public void AppendFormatted<T>(T value) => AppendFormatted(value, null);

    /// <summary>A value of the policy, set as <c>code</c> or <c>strong</c>.</summary>
    public void AppendFormatted<T>(T value, string? format)
    {
        if (value is Prose prose)
            _spans.AddRange(prose._spans);
        else
            Add(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", format switch
            {
                "code" => SpanKind.Code,
                "strong" => SpanKind.Strong,
                _ => SpanKind.Plain,
            });
    }

    void Add(string text, SpanKind kind)
    {
        if (text.Length > 0)
            _spans.Add(new Span(text, kind));
    }

    static SpanKind? KindOf(char letter) => letter switch
    {
        '`' => SpanKind.Code,
        '*' => SpanKind.Strong,
        _ => null,
    };
}
