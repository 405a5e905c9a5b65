using System.Text;

namespace TomoBackup.Postgres.Server;

/// <summary>
/// A setting that is a list of file names: comma separated, blanks around an item dropped, an item in double quotes
/// taken as it is with "" for one quote (SplitDirectoriesString in varlena.c).
/// </summary>
static class SettingList
{
    public static List<string> Split(string text)
    {
        var items = new List<string>();
        var item = new StringBuilder();
        var quoted = false;

        for (var at = 0; at < text.Length; at++)
            switch (text[at])
            {
                case '"' when quoted && at + 1 < text.Length && text[at + 1] == '"':
                    item.Append(text[at++]);
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ',' when !quoted:
                    Flush(items, item);
                    break;
                default:
                    item.Append(text[at]);
                    break;
            }

        Flush(items, item);
        return items;
    }

    static void Flush(List<string> items, StringBuilder item)
    {
        if (item.ToString().Trim() is { Length: > 0 } value)
            items.Add(value);

        item.Clear();
    }
}
