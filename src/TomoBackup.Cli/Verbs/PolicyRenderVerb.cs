using System.Text;
using TomoBackup.Cli.Output.Json;
using TomoBackup.Policies.Rendering;
using TomoBackup.Storage;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>policy render</c>: the policy as a document for people.</summary>
static class PolicyRenderVerb
{
    const string Form = "markdown or html";

    /// <summary>A policy of a thousand clusters is smaller; a backup given by mistake is not.</summary>
    const int MostKeptBytes = 64 << 20;

    const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite
        | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public static VerbCommand Create()
    {
        var format = Symbols.Value<RenderingFormat>(
            "--format", "NAME", $"{Form}; else by the file's ending, else markdown", Form, TryReadFormat);
        var output = Symbols.Text("--out", "FILE", "write it there, whole or not at all, over what was there");
        var kept = Symbols.Text("--check", "FILE", "compare this kept copy with what would be written now");

        return new VerbCommand("render", "Write the policy as a document for people")
        {
            Section = VerbSection.SetUp,
            Details = """
                The document has the restore procedures with the commands of this installation,
                and says where a promise is not executed by this version. It has no clock in
                it: the same policy and version give the same bytes, so --check in a build
                tells when a kept copy is out of date, and names the first section that is.
                """,
            Validators =
            {
                result =>
                {
                    if (result.GetResult(output) is { Implicit: false }
                        && result.GetResult(kept) is { Implicit: false })
                        result.AddError("--out and --check contradict each other");
                },
            },
            Examples =
            [
                new("policy render --out policy.html", "one page, to read and to print"),
                new("policy render --check docs/policy.md", "in a build: is the kept copy still true?"),
            ],
            Exits = ExitMeaning.With(ErrorCode.NotFound, ErrorCode.OutOfDate, ErrorCode.CannotWrite),
            Run = (parsed, context, _) => Task.FromResult(
                Run(parsed.GetValue(format), parsed.GetValue(output), parsed.GetValue(kept), context)),
        }.With([format, output, kept]);
    }

    static int Run(RenderingFormat? format, string? output, string? kept, VerbContext context)
    {
        var form = format ?? ByEnding(output ?? kept);
        var rendered = RenderedPolicy.Of(context.Policy(), form);

        if (kept is not null)
            Compare(rendered, context.Absolute(kept), context);
        else if (output is not null)
            Write(rendered, context.Absolute(output), context);
        else if (context.Report.IsJson)
            Answer(context, null, rendered.Text);
        else
            context.Report.Print(rendered.Text);

        return (int)ErrorCode.Ok;
    }

    static void Compare(RenderedPolicy rendered, string path, VerbContext context)
    {
        var bytes = context.Files.ReadAll(path, MostKeptBytes) ?? throw TomoBackupException.Create(
            ErrorCode.NotFound,
            $"no rendered policy '{path}'",
            hint: $"Write it with 'tomo-backup policy render --out {path}'.");

        if (rendered.FirstDifference(Encoding.UTF8.GetString(bytes)) is { } title)
            throw TomoBackupException.Create(
                ErrorCode.OutOfDate,
                $"'{path}' is out of date: it differs first in '{title}'",
                hint: $"Write it anew with 'tomo-backup policy render --out {path}', and look at what changed.");

        Answer(context, path, null);
        context.Report.Say($"'{path}' is what the policy says");
    }

    static void Write(RenderedPolicy rendered, string path, VerbContext context)
    {
        context.Files.WriteReplace(path, Encoding.UTF8.GetBytes(rendered.Text), Readable);
        Answer(context, path, null);
        context.Report.Say($"'{path}' is written");
    }

    static void Answer(VerbContext context, string? path, string? document)
    {
        if (context.Report.IsJson)
            context.Report.Answer(
                new PolicyRenderDocument(context.PolicyPath, path, document), ReportJson.Plain.PolicyRenderDocument);
    }

    static RenderingFormat ByEnding(string? path)
        => Path.GetExtension(path)?.ToUpperInvariant() is ".HTML" or ".HTM"
            ? RenderingFormat.Html
            : RenderingFormat.Markdown;

    static bool TryReadFormat(string text, out RenderingFormat format)
    {
        format = text is "html" ? RenderingFormat.Html : RenderingFormat.Markdown;
        return text is "html" or "markdown";
    }
}
