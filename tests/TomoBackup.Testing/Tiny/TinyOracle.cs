using System.Security.Cryptography;
using TomoBackup.Operations;
using TomoBackup.Postgres;
using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Repositories;
using TomoBackup.Storage;
using TomoBackup.Testing.Storage;
using Xunit;

namespace TomoBackup.Testing.Tiny;

/// <summary>What must hold of a <see cref="TinyHost"/> after any fault, looked at past the fault and past the verbs.
/// </summary>
public static class TinyOracle
{
    /// <summary>The cluster's name in the policy.</summary>
    public const string Cluster = "main";

    extension(TinyHost host)
    {
        /// <summary>The backups that the repository lists, each of whose objects is there with the length and hash
        /// that its manifest states.</summary>
        public async Task<IReadOnlyList<string>> WholeBackupsAsync(CancellationToken cancellationToken)
            => [.. (await host.WholeManifestsAsync(cancellationToken)).Select(manifest => manifest.Backup)];

        /// <summary>The listed backups by id, each with what it was built on; null for full ones.</summary>
        public async Task<IReadOnlyDictionary<string, string?>> ParentsAsync(CancellationToken cancellationToken)
            => (await host.WholeManifestsAsync(cancellationToken))
                .ToDictionary(manifest => manifest.Backup, manifest => manifest.Parent);

        async Task<IReadOnlyList<Manifest>> WholeManifestsAsync(CancellationToken cancellationToken)
        {
            using var secrets = host.ReadSecrets();
            var repository = await host.OpenAsync(0, cancellationToken);
            var lineage = await host.LineageAsync(repository, secrets, cancellationToken);
            var catalog = await Catalog.ReadAsync(repository, lineage, cancellationToken);
            Assert.Empty(catalog.Problems);

            foreach (var manifest in catalog.Backups)
                foreach (var (backup, expected) in manifest.Objects.Select(o => (manifest.Backup, o)).Concat(
                    manifest.References.Select(r => (r.Backup, new ManifestObject(r.Name, r.Length, r.Sha256)))))
                {
                    var key = RepositoryLayout.Backup(lineage.Id, manifest.Generation, backup) + expected.Name;
                    var bytes = await repository.Store.GetAsync(key, cancellationToken);
                    Assert.True(bytes is not null, $"'{key}' of a listed backup is missing");
                    Assert.Equal(expected.Length, bytes.Length);
                    Assert.Equal(expected.Sha256, Convert.ToHexStringLower(SHA256.HashData(bytes)));
                }

            return catalog.Backups;
        }

        /// <summary>Fails unless exactly one content stands in every repository under the name of a segment, and it is
        /// the right one.</summary>
        public async Task MustHoldAsync(string name, CancellationToken cancellationToken)
        {
            using var secrets = host.ReadSecrets();

            for (var n = 0; n < host.Stores.Count; n++)
            {
                var repository = await host.OpenAsync(n, cancellationToken);
                var lineage = await host.LineageAsync(repository, secrets, cancellationToken);
                var archive = new WalArchive(repository, lineage.Id);
                var found = Assert.Single(await archive.FindAsync(name, cancellationToken));
                using var keys = new KeyRing(
                    repository, lineage, host.State().OpenEpochs(lineage.Id), secrets.Identities);
                Assert.Equal(host.Cluster.Segments[name], await archive.ReadAsync(found, keys, cancellationToken));
            }
        }

        /// <summary>Restores a backup (the end of the archive where none is named) without a fault, and compares every
        /// file.</summary>
        public Task MustRestoreAsync(string? backup, string directory, CancellationToken cancellationToken)
            => host.MustRestoreAsync(backup, host.Cluster.Files, directory, cancellationToken);

        /// <summary>The same for a backup whose files were others then.</summary>
        public async Task MustRestoreAsync(
            string? backup,
            IReadOnlyDictionary<string, byte[]> files,
            string directory,
            CancellationToken cancellationToken)
        {
            await host.RestoreAsync(FaultPlan.Count(), backup, directory, cancellationToken);
            MustBeWhole(directory, files);
            Directory.Delete(directory, recursive: true);
            Directory.Delete(TinyHost.TablespaceOf(directory), recursive: true);
        }

        /// <summary>Fails unless a directory is a complete restore.</summary>
        public void MustBeWhole(string directory) => MustBeWhole(directory, host.Cluster.Files);

        Secrets ReadSecrets()
            => Secrets.Read(PhysicalFileSystem.Instance, host.State(), host.IdentityFile, new KeyOptions());

        HostState State() => new(PhysicalFileSystem.Instance, host.StateDirectory, SystemEntropy.Instance);

        Task<Repository> OpenAsync(int number, CancellationToken cancellationToken)
            => Repository.OpenAsync(
                $"store-{number}",
                host.Disk?.Invoke(number, PhysicalFileSystem.Instance) ?? host.Stores[number],
                cancellationToken);

        async Task<Lineage> LineageAsync(Repository repository, Secrets secrets, CancellationToken cancellationToken)
            => await LineageBook.FindAsync(repository, Cluster, secrets.Trust, cancellationToken)
                ?? throw new InvalidOperationException("init was not run");
    }

    static void MustBeWhole(string directory, IReadOnlyDictionary<string, byte[]> files)
    {
        Assert.True(IsCluster(directory), $"'{directory}' has no usable control file");
        Assert.True(File.Exists($"{directory}/backup_label"));
        Assert.True(File.Exists($"{directory}/recovery.signal"));

        foreach (var (path, content) in files)
            Assert.True(content.AsSpan().SequenceEqual(File.ReadAllBytes($"{directory}/{path}")), path);
    }

    /// <summary>True where a server would try to start.</summary>
    public static bool IsCluster(string directory)
        => File.Exists($"{directory}/{DataDirectoryRules.ControlFilePath}")
            && ControlFile.TryParse(File.ReadAllBytes($"{directory}/{DataDirectoryRules.ControlFilePath}"), out _)
                == ControlFileVerdict.Valid;
}
