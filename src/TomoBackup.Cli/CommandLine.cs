using System.CommandLine;
using System.Reflection;
using TomoBackup.Cli.Output;
using TomoBackup.Cli.Verbs;
using TomoBackup.Operations;

namespace TomoBackup.Cli;

/// <summary>From arguments to exit code. One of the two doors where failures are caught.</summary>
static class CommandLine
{
    // Words that begin with '@' are values here, not names of files with more arguments; there are no one-letter
    // options to bundle.
    static readonly ParserConfiguration Parser = new()
    {
        EnablePosixBundling = false,
        ResponseFileTokenReplacer = null,
    };

    /// <summary>What <c>--version</c> prints.</summary>
    public static string Version => field ??= "tomo-backup "
        + typeof(CommandLine).Assembly
            .GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;

    /// <summary>Runs one command line.</summary>
    /// <param name="arguments">Without the program's name.</param>
    /// <param name="surroundings">The machine.</param>
    /// <param name="listen">Begins to listen for signals; called only where there is something to cancel.</param>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> arguments,
        Surroundings surroundings,
        Func<IShutdown> listen)
    {
        if (Completions.TryAnswer(arguments, Parser, surroundings.Terminal.Out))
            return (int)ErrorCode.Ok;

        var parsed = VerbCatalog.Root().Parse(arguments, Parser);
        var report = new Report(surroundings.Terminal, GlobalOptions.ModeOf(parsed, surroundings.Variable));

        if (Told(parsed, surroundings.Terminal.Out))
            return (int)ErrorCode.Ok;

        if (UsageError.In(parsed) is { } wrong)
        {
            var exit = RuleOf(parsed).OfFailure(ErrorCode.Usage);
            report.Fail(wrong, exit);
            return exit;
        }

        var verb = (VerbCommand)parsed.CommandResult.Command;
        var context = new VerbContext(GlobalOptions.Of(parsed), surroundings, report);

        using var shutdown = listen();
        return await RunVerbAsync(verb, parsed, context, shutdown).ConfigureAwait(false);
    }

    // 64 would tell PostgreSQL that the archive ends here. So even 'wla get' is taken for a restore_command.
    static ExitRule RuleOf(ParseResult parsed)
        => parsed.CommandResult.Command is VerbCommand verb ? verb.ExitRule
            : parsed.UnmatchedTokens.Contains("get") ? ExitRule.WalGet
            : ExitRule.Ordinary;

    static bool Told(ParseResult parsed, TextWriter output)
    {
        if (GlobalOptions.WantsHelp(parsed))
            output.Write(HelpText.Of(parsed.CommandResult.Command));
        else if (GlobalOptions.WantsVersion(parsed))
            output.Write(Version + "\n");
        else
            return false;

        output.Flush();
        return true;
    }

    /// <summary>Runs a verb and answers with its exit code, whatever it throws.</summary>
    public static async Task<int> RunVerbAsync(
        VerbCommand verb,
        ParseResult parsed,
        VerbContext context,
        IShutdown shutdown)
    {
        try
        {
            return verb.ExitRule.OfAnswer(await verb.Run!(parsed, context, shutdown.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (shutdown.Signal is { } signal)
        {
            context.Report.Note("stopped");
            return verb.ExitRule.OfFailure(signal);
        }
        catch (Exception failure) when (Failures.Understand(failure) is { } understood)
        {
            var exit = verb.ExitRule.OfFailure(understood.Code);
            context.Report.Fail(understood, exit);
            return exit;
        }
        catch (Exception defect)
        {
            var exit = verb.ExitRule.OfFailure(ErrorCode.Defect);
            context.Report.FailUnexpectedly(defect, exit);
            return exit;
        }
    }
}
