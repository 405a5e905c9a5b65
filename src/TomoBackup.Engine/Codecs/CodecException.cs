namespace TomoBackup.Codecs;

/// <summary>Why bytes were refused. Callers decide by this: only <see cref="Damaged"/> speaks against the
/// store.</summary>
public enum CodecFailure
{
    /// <summary>The bytes are not what their writer wrote: cut, flipped, swapped, or forged.</summary>
    Damaged,

    /// <summary>The bytes may be whole, but belong to another key than the one that was given.</summary>
    WrongKey,

    /// <summary>Another lineage, epoch, format or version: maybe sound, but not what was asked for.</summary>
    Foreign,

    /// <summary>An age file that none of the given identities opens.</summary>
    NoIdentity,

    /// <summary>Text or keys that a person or a configuration supplied and that do not keep their form.</summary>
    Invalid,
}

/// <summary>Bytes were refused. The message never holds secret or plain bytes.</summary>
public sealed class CodecException(CodecFailure failure, string message, Exception? cause = null)
    : Exception(message, cause)
{
    /// <summary>The kind of refusal.</summary>
    public CodecFailure Failure { get; } = failure;
}
