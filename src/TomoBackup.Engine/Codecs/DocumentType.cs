namespace TomoBackup.Codecs;

/// <summary>The documents that are signed (format §3).</summary>
public enum DocumentType
{
    /// <summary>A cluster's history: creation, or claim of a timeline.</summary>
    Lineage,

    /// <summary>A data key: its commitment and the age file that holds it.</summary>
    Epoch,

    /// <summary>A backup; its commit.</summary>
    Manifest,

    /// <summary>Who is at work.</summary>
    Lease,

    /// <summary>What must not be expired meanwhile.</summary>
    Intent,
}

static class DocumentTypeNames
{
    extension(DocumentType type)
    {
        /// <summary>The media type that the signature covers.</summary>
        public string PayloadType => type switch
        {
            DocumentType.Lineage => "application/vnd.tomo-backup.lineage.v1+json",
            DocumentType.Epoch => "application/vnd.tomo-backup.epoch.v1+json",
            DocumentType.Manifest => "application/vnd.tomo-backup.manifest.v1+json",
            DocumentType.Lease => "application/vnd.tomo-backup.lease.v1+json",
            DocumentType.Intent => "application/vnd.tomo-backup.intent.v1+json",
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no such document"),
        };
    }
}
