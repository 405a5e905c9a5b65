using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TomoBackup.BenchServer;

// bench-server FOLDER DELAY: speaks as much of S3 as the two tools that are measured ask for, over TLS on a free port
// of this machine. It is quick and keeps no promise: no signature is checked, nothing is synced, the index is memory.
// Prints its port; the certificate to trust is FOLDER/ca.pem.
if (args is not [var folder, var milliseconds]
    || !int.TryParse(milliseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var delay))
{
    await Console.Error.WriteLineAsync("usage: bench-server FOLDER MILLISECONDS");
    return 2;
}

Directory.CreateDirectory(folder);
var certificate = OwnCertificate.Make(Path.Combine(folder, "ca.pem"));
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Limits.MaxRequestBodySize = null;
    kestrel.Limits.MinRequestBodyDataRate = null;
    kestrel.Limits.MinResponseDataRate = null;
    kestrel.Listen(IPAddress.Loopback, 0, listen =>
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.UseHttps(certificate);
    });
});

var app = builder.Build();
var service = new S3Service(new ObjectFolder(Path.Combine(folder, "objects")), TimeSpan.FromMilliseconds(delay));
app.Run(service.AnswerAsync);
await app.StartAsync();
Console.WriteLine(new Uri(app.Urls.First()).Port);
await app.WaitForShutdownAsync();
return 0;
