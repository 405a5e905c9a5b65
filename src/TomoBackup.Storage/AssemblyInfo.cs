using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
[assembly: InternalsVisibleTo("TomoBackup.Tests")]
[assembly: InternalsVisibleTo("TomoBackup.Scenarios")]
[assembly: InternalsVisibleTo("TomoBackup.Testing")]
