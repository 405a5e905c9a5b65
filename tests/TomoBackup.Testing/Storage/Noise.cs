namespace TomoBackup.Testing.Storage;

/// <summary>Bytes without a pattern, the same each time.</summary>
public static class Noise
{
    /// <summary>So many of them; another number is other bytes.</summary>
    public static byte[] Of(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
