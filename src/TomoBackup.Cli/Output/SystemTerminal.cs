using System.Text;

namespace TomoBackup.Cli.Output;

/// <summary>
/// The terminal or pipes of this process. Writes to the bare streams: <see cref="Console.Out"/> would set up terminal
/// and signal handling first, which costs more than a push that has nothing to do.
/// </summary>
sealed class SystemTerminal : ITerminal, IDisposable
{
    const int UsualWidth = 80;

    static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public TextWriter Out => field ??= new StreamWriter(Console.OpenStandardOutput(), Utf8);

    public TextWriter Error => field ??= new StreamWriter(Console.OpenStandardError(), Utf8) { AutoFlush = true };

    public bool OutIsTerminal => !Console.IsOutputRedirected;

    public bool ErrorIsTerminal => !Console.IsErrorRedirected;

    public int Width
    {
        get
        {
            try
            {
                return Console.WindowWidth is > 20 and var width ? width : UsualWidth;
            }
            catch (IOException)
            {
                return UsualWidth;
            }
        }
    }

    public void Dispose()
    {
        Out.Dispose();
        Error.Dispose();
    }
}
