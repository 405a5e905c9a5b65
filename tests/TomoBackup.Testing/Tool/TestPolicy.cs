using System.Text;

namespace TomoBackup.Testing.Tool;

/// <summary>The text of a policy for one test: one cluster, one repository in a folder, state and identity beside it.
/// </summary>
public sealed record TestPolicy
{
    /// <summary>Name of the cluster in the policy.</summary>
    public string Cluster { get; init; } = "main";

    /// <summary>In libpq's spelling.</summary>
    public required string Connection { get; init; }

    /// <summary>Null where the server is asked.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Folder of the repository.</summary>
    public required string Repository { get; init; }

    /// <summary>What the first repository is, where that is no folder.</summary>
    public string? Store { get; init; }

    /// <summary>Folder of the state.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>File of the recovery key; null for sealed mode.</summary>
    public string? IdentityFile { get; init; }

    /// <summary>Public age keys; empty where init makes them.</summary>
    public IReadOnlyList<string> Recipients { get; init; } = [];

    /// <summary>Further keys of the cluster, each a line.</summary>
    public IReadOnlyList<string> ClusterKeys { get; init; } = [];

    /// <summary>Further repositories, each a line.</summary>
    public IReadOnlyList<string> MoreRepositories { get; init; } = [];

    /// <summary>Lines appended as they are.</summary>
    public string More { get; init; } = "";

    /// <summary>Everything in the folders of one test, with the names that its paths are asked by.</summary>
    public static TestPolicy In(TestFolder folder, string connection) => new()
    {
        Connection = connection,
        Repository = folder.Make("repository"),
        StateDirectory = folder["state"],
        IdentityFile = folder["recovery.key"],
    };

    /// <summary>Writes it as <c>policy.yaml</c> and returns the path.</summary>
    public string WriteTo(TestFolder folder) => folder.Write("policy.yaml", ToString());

    public override string ToString()
    {
        var text = new StringBuilder()
            .Append("version: 1\n")
            .Append("clusters:\n")
            .Append($"  {Cluster}:\n")
            .Append($"    connection: {Connection}\n");

        if (DataDirectory is not null)
            text.Append($"    data_directory: {DataDirectory}\n");

        foreach (var key in ClusterKeys)
            text.Append($"    {key}\n");

        text.Append("repositories:\n")
            .Append($"  local: {Store ?? $"{{ store: \"file://{Repository}\" }}"}\n");

        foreach (var repository in MoreRepositories)
            text.Append($"  {repository}\n");

        text.Append($"state_directory: {StateDirectory}\n");

        if (IdentityFile is not null || Recipients is not [])
            text.Append("encryption:\n");

        if (Recipients is not [])
            text.Append($"  recipients: [{string.Join(", ", Recipients)}]\n");

        if (IdentityFile is not null)
            text.Append($"  identity: {{ file: {IdentityFile} }}\n");

        return text.Append(More).ToString();
    }
}
