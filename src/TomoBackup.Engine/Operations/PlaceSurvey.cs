using TomoBackup.Measurements;
using TomoBackup.Policies;
using TomoBackup.Storage;

namespace TomoBackup.Operations;

/// <summary>Looks at the file system under a repository.</summary>
sealed class PlaceSurvey(IFileSystem files)
{
    /// <summary>Looks.</summary>
    /// <param name="dataDirectory">Null where it is not known.</param>
    /// <param name="isLuks">What the kernel says of the disks under it; null where that cannot be told.</param>
    public RepositoryFacts Of(
        RepositoryPolicy place, string? dataDirectory, bool? isLuks, Sighting<RepositoryContents> contents)
        => place.Store.IsDirectory
            ? new(place, contents, Space(place.Store.Path), IsSeparate(place.Store.Path, dataDirectory), isLuks)
            : new(place, contents, Elsewhere, IsSeparate: true, IsLuks: null);

    static Sighting<SpaceFacts> Elsewhere { get; }
        = Sighting<SpaceFacts>.None("it lies on no file system of this host");

    Sighting<SpaceFacts> Space(string path)
    {
        try
        {
            return Sighting<SpaceFacts>.Of(files.Space(path));
        }
        catch (Exception e) when (Failures.Understand(e) is { } failure)
        {
            return Sighting<SpaceFacts>.Failed(failure);
        }
    }

    bool? IsSeparate(string path, string? dataDirectory)
    {
        try
        {
            return dataDirectory is not null
                && files.Stat($"{path}/.") is { } there && files.Stat($"{dataDirectory}/.") is { } here
                    ? there.Device != here.Device
                    : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
