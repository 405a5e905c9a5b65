// Each scenario runs servers of its own; two cores carry two of them.
[assembly: Xunit.v3.Parallelization(MaxThreads = 2)]
