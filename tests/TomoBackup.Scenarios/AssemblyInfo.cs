// Each scenario runs servers of its own; two cores carry two of them.
[assembly: Xunit.v3.Parallelization(MaxThreads = 2)]

// They start with the first test that asks for them.
[assembly: Xunit.AssemblyFixture(typeof(TomoBackup.Testing.S3.S3Servers))]
