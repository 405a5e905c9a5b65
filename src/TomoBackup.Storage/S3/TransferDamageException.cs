namespace TomoBackup.Storage.S3;

/// <summary>Bytes or an answer were spoiled on the way: worth another attempt, and damage when none helps.</summary>
sealed class TransferDamageException(string message) : IOException(message);
