using System.Globalization;
using System.Text;

namespace TomoBackup.Testing.S3;

/// <summary>An answer on its way back.</summary>
sealed record ProxyAnswer(int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body)
{
    /// <summary>As S3 words its failures.</summary>
    public static ProxyAnswer Of(S3Trouble.Answer trouble)
        => new(
            trouble.Status,
            [
                ("Content-Type", "application/xml"),
                ("Date", TimeProvider.System.GetUtcNow().ToString("R", CultureInfo.InvariantCulture)),
                .. trouble.Headers,
            ],
            Encoding.UTF8.GetBytes(
                $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{trouble.Code}</Code>"
                + $"<Message>{trouble.Text}</Message><RequestId>1</RequestId></Error>"));

    public static async Task<ProxyAnswer> OfAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
        => new(
            (int)answer.StatusCode,
            [
                .. answer.Headers.Concat(answer.Content.Headers)
                    .Where(header => header.Key is not ("Connection" or "Transfer-Encoding" or "Content-Length"))
                    .Select(header => (header.Key, string.Join(", ", header.Value))),
            ],
            await answer.Content.ReadAsByteArrayAsync(cancellationToken))
        {
            Length = answer.Content.Headers.ContentLength,
        };

    /// <summary>What an answer to HEAD says of a body that it does not have.</summary>
    public long? Length { get; init; }

    public byte[] Head()
    {
        var text = new StringBuilder($"HTTP/1.1 {Status} Said\r\n");

        // The last of a name counts, so that a trouble can put its own in place of ours.
        foreach (var header in Headers.GroupBy(header => header.Name, StringComparer.OrdinalIgnoreCase))
            text.Append(CultureInfo.InvariantCulture, $"{header.Key}: {header.Last().Value}\r\n");

        var length = Body.Length > 0 ? Body.Length : Length ?? 0;

        if (Status is not 204)
            text.Append(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n");

        return Encoding.ASCII.GetBytes(text.Append("\r\n").ToString());
    }
}
