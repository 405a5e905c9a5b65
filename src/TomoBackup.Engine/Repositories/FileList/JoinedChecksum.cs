namespace TomoBackup.Repositories.FileList;

/// <summary>
/// CRC-32C of bytes of which only the pieces' own checksums are known: a file's, from those of its frames. A checksum
/// with n bytes behind it is the checksum times x^8n, modulo the polynomial (as in zlib's crc32_combine). Pure.
/// </summary>
struct JoinedChecksum
{
    const uint Polynomial = 0x82F6_3B78;
    const uint One = 1u << 31;
    const uint ByteFactor = One >> 8;

    long _lastLength;
    uint _lastFactor;

    /// <summary>Checksum of all pieces so far.</summary>
    public uint Value { get; private set; }

    /// <summary>Their bytes.</summary>
    public long Length { get; private set; }

    /// <summary>Appends a piece.</summary>
    public void Append(uint checksum, long length)
    {
        // Nearly all frames have one length.
        if (length != _lastLength)
            (_lastLength, _lastFactor) = (length, FactorOf(length));

        Value = Multiply(_lastFactor, Value) ^ checksum;
        Length += length;
    }

    static uint FactorOf(long bytes)
    {
        var factor = One;

        for (var power = ByteFactor; bytes > 0; bytes >>= 1, power = Multiply(power, power))
            if ((bytes & 1) != 0)
                factor = Multiply(power, factor);

        return factor;
    }

    /// <summary>Product of two polynomials whose highest bit is the coefficient of x^0.</summary>
    static uint Multiply(uint left, uint right)
    {
        var product = 0u;

        for (var bit = One; bit != 0; bit >>= 1)
        {
            if ((left & bit) != 0)
                product ^= right;

            right = (right & 1) != 0 ? (right >> 1) ^ Polynomial : right >> 1;
        }

        return product;
    }
}
