namespace TomoBackup.Testing.Postgres;

/// <summary>Settings of test clusters: small, quick, and speaking UTC and English.</summary>
static class TestSettings
{
    public static IEnumerable<KeyValuePair<string, string>> For(TestClusterOptions options)
        => new Dictionary<string, string>
        {
            ["listen_addresses"] = "",
            ["fsync"] = "off",
            ["shared_buffers"] = "16MB",
            ["max_connections"] = "20",
            ["dynamic_shared_memory_type"] = "posix",
            ["timezone"] = "UTC",
            ["log_timezone"] = "UTC",
            ["lc_messages"] = "C",
            ["log_line_prefix"] = "%m [%p] ",
        }.Concat(options.Settings);
}
