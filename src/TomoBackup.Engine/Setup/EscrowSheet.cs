using TomoBackup.Codecs;

namespace TomoBackup.Setup;

/// <summary>
/// The page that goes into the sealed envelope: the escrow key and the fingerprint to trust. It is an identity file as
/// it is, for the age program as for us: everything but the key is a comment.
/// </summary>
static class EscrowSheet
{
    /// <summary>The sheet's text, secret.</summary>
    public static string Text(string cluster, DateTimeOffset made, Fingerprint signingKey, AgeIdentity escrow)
        => $"""
            # ------------------------------------------------------------------------
            # ESCROW SHEET of tomo-backup, cluster '{cluster}'
            # made {made.UtcDateTime:yyyy-MM-dd HH:mm} UTC
            #
            # Whoever holds this page and the repository can read every backup.
            # Print it, put it into a sealed envelope away from the backups,
            # and remove this file from the host.
            #
            # To recover with it: copy this text into a file (mode 0600) and run
            #   tomo-backup restore --from ADDRESS --identity FILE --latest --into DIR
            # Without tomo-backup: docs/format/README.md, section 10, and the age program.
            # ------------------------------------------------------------------------
            {IdentityFile.Write(escrow, [signingKey])}
            """.ReplaceLineEndings("\n");
}
