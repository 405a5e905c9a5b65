using System.CommandLine;

namespace TomoBackup.Cli.Verbs;

/// <summary><c>completion</c>: a script for a shell.</summary>
static class CompletionVerb
{
    static readonly string[] Shells = ["bash", "zsh", "fish"];

    public static VerbCommand Create()
    {
        var shell = Symbols.Word("SHELL", "bash, zsh or fish");
        shell.CompletionSources.Add(Shells);
        shell.Validators.Add(result =>
        {
            if (result.Tokens is [var word] && !Shells.Contains(word.Value))
                result.AddError($"there is no completion for '{word.Value}', only for {string.Join(", ", Shells)}");
        });

        return new VerbCommand("completion", "Print a completion script for a shell")
        {
            Section = VerbSection.SetUp,
            Arguments = { shell },
            Examples =
            [
                new("completion bash > /etc/bash_completion.d/tomo-backup", "for every user of bash"),
                new("completion fish > ~/.config/fish/completions/tomo-backup.fish", "for fish"),
            ],
            Exits = ExitMeaning.Of(ErrorCode.Ok, ErrorCode.Defect, ErrorCode.Usage),
            Run = (parsed, context, _) => Task.FromResult(Run(parsed.GetRequiredValue(shell), context)),
        };
    }

    static int Run(string shell, VerbContext context)
    {
        context.Report.Say(shell switch { "bash" => Bash, "zsh" => Zsh, _ => Fish });
        return (int)ErrorCode.Ok;
    }

    const string Bash = """
        _tomo_backup() {
            local IFS=$'\n'
            COMPREPLY=($(tomo-backup "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null))
        }
        complete -o default -F _tomo_backup tomo-backup
        """;

    const string Zsh = """
        #compdef tomo-backup
        _tomo_backup() {
            local -a words_here
            words_here=("${(@f)$(tomo-backup "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -a words_here || _files
        }
        compdef _tomo_backup tomo-backup
        """;

    const string Fish = """
        complete -c tomo-backup -a '(tomo-backup "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'
        """;
}
