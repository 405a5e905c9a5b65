namespace TomoBackup.Repositories;

/// <summary>The content of <c>repository.json</c>: says that this place is a repository, and which format it
/// keeps.</summary>
sealed record RepositoryMarker(string Format, int Version, string Repository)
{
    public const string FormatName = "tomo-backup";
    public const int CurrentVersion = 1;
}
