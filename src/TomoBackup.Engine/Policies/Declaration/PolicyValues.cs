using System.Buffers;
using System.Globalization;
using TomoBackup.Storage;

namespace TomoBackup.Policies.Declaration;

/// <summary>The kinds of single values that a policy is written with.</summary>
static class PolicyValues
{
    // Patterns of JSON Schema are those of ECMA 262; the same text is read here.
    const string DurationPattern = "^0*[1-9][0-9]*(s|m|h|d|mo)$";
    const string CronPattern = @"^\s*[^\s@]\S*(\s+\S+){4}\s*$";
    const string PercentPattern = "^([1-9][0-9]?|100)%$";
    const string RatePattern = "^0*[1-9][0-9]{0,5}(kB|MB|GB)/s$";
    const string DatePattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";

    /// <summary>A name that becomes part of object keys and of file names.</summary>
    public const string NamePattern = "^[a-z0-9][a-z0-9-]{0,62}$";

    static readonly SearchValues<char> NameLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");
    static readonly SearchValues<char> Bech32 = SearchValues.Create("qpzry9x8gf2tvdw0s3jn54khce6mua7l");

    static readonly Dictionary<string, string> Booleans = new(StringComparer.OrdinalIgnoreCase)
    {
        ["yes"] = "true",
        ["on"] = "true",
        ["true"] = "true",
        ["no"] = "false",
        ["off"] = "false",
        ["false"] = "false",
    };

    public static ScalarShape<string> Text { get; } = new("words on one line", TryReadLine)
    {
        Schema = new() { Pattern = "^[^\\r\\n]+$" },
    };

    public static ScalarShape<string> LongText { get; } = new(
        "a text", (string text, out string? value) => (value = text).Length > 0)
    {
        Schema = new() { Pattern = @"\S" },
    };

    public static ScalarShape<string> AbsolutePath { get; } = new("an absolute path", TryReadPath)
    {
        Schema = new() { Pattern = "^/" },
    };

    /// <summary>Where somebody may have written the secret itself.</summary>
    public static ScalarShape<string> PathBesideSecret { get; } = new("an absolute path", TryReadPath)
    {
        Schema = AbsolutePath.Schema,
        MayBeSecret = true,
    };

    public static ScalarShape<string> Mail { get; } = new("a mail address", TryReadMail)
    {
        Schema = new() { Pattern = @"^[^\s@]+@[^\s@]+$" },
    };

    public static ScalarShape<bool?> Flag { get; } = Words<bool?>(
        new ScalarSchema("boolean"), Booleans.GetValueOrDefault, ("true", true), ("false", false));

    public static ScalarShape<Duration?> Duration { get; } = Struct<Duration>(
        Policies.Duration.Form, Policies.Duration.TryParse, new() { Pattern = DurationPattern }, DurationGuess.Of);

    public static ScalarShape<Duration?> DurationOrForever { get; } = new(
        "a duration such as 12mo, or forever",
        static (string text, out Duration? value) =>
        {
            value = Policies.Duration.TryParse(text, out var duration) ? duration : null;
            return value is not null || text is "forever";
        })
    {
        Schema = new() { Pattern = $"^forever$|{DurationPattern}" },
        Guess = DurationGuess.OrForever,
    };

    public static ScalarShape<RetentionRule> KeepFor { get; } = new(
        "a duration such as 30d, or forever",
        static (string text, out RetentionRule? rule) =>
        {
            rule = text is "forever" ? RetentionRule.Everything
                : Policies.Duration.TryParse(text, out var age) ? new RetentionRule { Age = age }
                : null;
            return rule is not null;
        })
    {
        Schema = new() { Pattern = $"^forever$|{DurationPattern}" },
        Guess = DurationGuess.OrForever,
    };

    public static ScalarShape<Schedule> Cron { get; } = new(Schedule.Form, TryReadSchedule)
    {
        Schema = new() { Pattern = CronPattern },
        Explain = text => Schedule.FaultOf(text) is { } fault ? [fault] : [],
    };

    public static ScalarShape<int?> Percent { get; } = Struct<int>(
        "a percentage from 1% to 100%",
        TryReadPercent,
        new() { Pattern = PercentPattern },
        text => TryReadPercent($"{text.Trim()}%", out var number) ? $"{number}%" : null);

    /// <summary>Bytes in a second.</summary>
    public static ScalarShape<long?> Rate { get; } = Struct<long>(
        "a rate such as 50MB/s", TryReadRate, new() { Pattern = RatePattern });

    public static ScalarShape<DateOnly?> Date { get; } = Struct<DateOnly>(
        "a date such as 2026-03-02",
        TryReadDate,
        new() { Pattern = DatePattern },
        text => DateOnly.TryParseExact(
            text.Replace('/', '-'), "yyyy-M-d", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? $"{date:yyyy-MM-dd}"
            : null);

    public static ScalarShape<Uri> Web { get; } = Address("https", "http");

    public static ScalarShape<Uri> MailServer { get; } = Address("smtps", "smtp");

    public static ScalarShape<StoreAddress> Store { get; } = new(
        StoreAddress.Form,
        static (string text, out StoreAddress? value) => StoreAddress.TryParse(text, out value, out _))
    {
        Schema = new() { Pattern = "^([Ff][Ii][Ll][Ee]:///|[Ss]3://[a-z0-9]|rclone:[^:]+:)" },
        Explain = text => StoreAddress.TryParse(text, out _, out var fault) ? [] : [fault],
    };

    public static ScalarShape<ConnectionSettings> Connection { get; } = new(
        "a connection such as host=/var/run/postgresql user=tomo_backup",
        static (string text, out ConnectionSettings? value)
            => (value = ConnectionSettings.Parse(text, new List<string>())) is not null)
    {
        Schema = new() { Pattern = @"^(\s*[a-z_]+\s*=\s*('(\\.|[^'])*'|[^\s']\S*))*\s*$" },
        MayBeSecret = true,
        Explain = text =>
        {
            var faults = new List<string>();
            ConnectionSettings.Parse(text, faults);
            return faults;
        },
    };

    public static ScalarShape<string> Recipient { get; } = new(
        "an age recipient",
        static (string text, out string? value) => IsRecipient(value = text))
    {
        Schema = new() { Pattern = "^age1[qpzry9x8gf2tvdw0s3jn54khce6mua7l]{58}$" },
        Explain = text =>
        [
            text.StartsWith("AGE-SECRET-KEY-", StringComparison.OrdinalIgnoreCase)
                ? "a secret age key stands here; a recipient is the public one: age1…"
                : $"'{(text.Length > 62 ? text[..62] + "…" : text)}' is no age recipient: "
                    + "age1 and 58 more letters and digits",
        ],
    };

    /// <summary>A whole number between two bounds.</summary>
    public static ScalarShape<int?> Number(int least, int most) => Struct(
        $"a whole number from {least} to {most}",
        (string text, out int number)
            => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
                && number >= least
                && number <= most,
        new ScalarSchema("integer") { Least = least, Most = most });

    /// <summary>One of a few words.</summary>
    public static ScalarShape<T> Words<T>(params (string Word, T Value)[] words)
        => Words(
            new ScalarSchema { Values = [.. words.Select(pair => pair.Word)] },
            text => NearestWord.Find(text, words.Select(pair => pair.Word)),
            words);

    /// <summary>Whether a name fits into object keys.</summary>
    public static bool IsName(string text)
        => text.Length is > 0 and <= 63 && text[0] is not '-' && !text.AsSpan().ContainsAnyExcept(NameLetters);

    static ScalarShape<T> Words<T>(
        ScalarSchema schema, Func<string, string?> guess, params (string Word, T Value)[] words)
        => new(
            string.Join(" or ", words.Select(pair => pair.Word)),
            (string text, out T? value) =>
            {
                var at = Array.FindIndex(words, pair => pair.Word == text);
                value = at < 0 ? default : words[at].Value;
                return at >= 0;
            })
        {
            Schema = schema,
            Guess = guess,
        };

    static ScalarShape<T?> Struct<T>(
        string form, TryReadStruct<T> read, ScalarSchema schema, Func<string, string?>? guess = null)
        where T : struct
        => new(
            form,
            (string text, out T? value) =>
            {
                value = read(text, out var found) ? found : null;
                return value is not null;
            })
        {
            Schema = schema,
            Guess = guess,
        };

    delegate bool TryReadStruct<T>(string text, out T value);

    // An address with a password in it must not come back out of a message: only its scheme is named.
    static ScalarShape<Uri> Address(string safe, string plain) => new(
        $"an address that begins with {safe}:// or {plain}://, without user and password",
        (string text, out Uri? value)
            => Uri.TryCreate(text, UriKind.Absolute, out value)
                && (value.Scheme == safe || value.Scheme == plain)
                && value is { UserInfo: "", Host.Length: > 0 }
                && !text.Any(letter => char.IsControl(letter) || letter is ' ' or '@'))
    {
        Schema = new() { Pattern = $@"^({safe}|{plain})://[^\s/@]+[^\s@]*$" },
        MayBeSecret = true,
    };

    static bool TryReadLine(string text, out string? value)
        => !string.IsNullOrWhiteSpace(value = text) && !text.Any(char.IsControl);

    static bool TryReadPath(string text, out string? path)
    {
        path = Path.IsPathRooted(text) && !text.Any(char.IsControl) ? Path.GetFullPath(text) : null;
        path = path is { Length: > 1 } ? path.TrimEnd('/') : path;
        return path is not null;
    }

    static bool TryReadMail(string text, out string? value)
        => (value = text).Split('@') is [{ Length: > 0 }, { Length: > 0 }]
            && !text.Any(letter => char.IsControl(letter) || char.IsWhiteSpace(letter));

    static bool TryReadSchedule(string text, out Schedule? schedule)
        => Schedule.TryParse(text, out schedule) && Schedule.FaultOf(text) is null;

    static bool TryReadPercent(string text, out int number)
        => int.TryParse(text.AsSpan().TrimEnd('%'), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number is >= 1 and <= 100
            && text == $"{number}%";

    static bool TryReadRate(string text, out long bytes)
    {
        var unit = text.EndsWith("kB/s", StringComparison.Ordinal) ? 1_000L
            : text.EndsWith("MB/s", StringComparison.Ordinal) ? 1_000_000
            : text.EndsWith("GB/s", StringComparison.Ordinal) ? 1_000_000_000
            : 0;
        var isRead = unit > 0
            && int.TryParse(text.AsSpan(0, text.Length - 4), NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            && n is > 0 and < 1_000_000;
        bytes = isRead ? unit * int.Parse(text.AsSpan(0, text.Length - 4), CultureInfo.InvariantCulture) : 0;
        return isRead;
    }

    static bool TryReadDate(string text, out DateOnly date)
        => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);

    // The shape of an X25519 recipient in bech32; its checksum is looked at where the key is used.
    static bool IsRecipient(string text)
        => text.Length is 62
            && text.StartsWith("age1", StringComparison.Ordinal)
            && !text.AsSpan(4).ContainsAnyExcept(Bech32);
}
