using System.Buffers.Binary;
using System.IO.Hashing;
using TomoBackup.Postgres.DataDirectory;
using TomoBackup.Postgres.Pages;
using TomoBackup.Postgres.Summaries;

namespace TomoBackup.Scenarios.Incremental;

/// <summary>
/// Every page of every main fork and visibility map of a stopped cluster, by what must be the same in two copies that
/// replayed the same WAL. Left out is what bufmask.c and the masks of the access methods leave out, because PostgreSQL
/// writes it without WAL or replay writes it otherwise: position and checksum of the page, hints of free space and of
/// what could be pruned, the hole between line pointers and rows, of rows their hint bits, their command number and the
/// bytes behind them, of index pages dead marks and what a vacuum or a split passes on to the next. Not left out is
/// PD_ALL_VISIBLE, which bufmask.c masks: a page that the visibility map calls all visible and that does not say so
/// itself gives wrong answers after the next update.
/// </summary>
sealed class MainForks
{
    const int PageBytes = Page.DefaultBytes;
    const ushort HintFlags = 0x0001 | 0x0002;
    const ushort TupleHints = 0x0F00;
    const int IndexSpecialBytes = 16;
    const ushort BtreeGarbage = 0x0040;
    const ushort HashPage = 0xFF80;
    const ushort HashGarbage = 0x0080;
    const ushort GistPage = 0xFF81;
    const ushort GistGarbage = 0x0018;

    readonly Dictionary<string, ulong[]> _pages = [];

    /// <summary>Reads all of a data directory that no server runs on.</summary>
    public static MainForks Read(string dataDirectory)
    {
        var forks = new MainForks();

        foreach (var path in RelationFiles(dataDirectory))
        {
            var bytes = File.ReadAllBytes($"{dataDirectory}/{path}");
            forks._pages[path] = [.. bytes.Chunk(PageBytes).Select(page =>
            {
                Mask(page);
                return XxHash3.HashToUInt64(page);
            })];
        }

        return forks;
    }

    /// <summary>Fails where a file, its length or a page is another one.</summary>
    public void MustEqual(MainForks expected)
    {
        Assert.InRange(_pages.Sum(file => file.Value.Length), 500, int.MaxValue);

        var differences = _pages.Keys.Union(expected._pages.Keys).SelectMany(path =>
            (_pages.GetValueOrDefault(path), expected._pages.GetValueOrDefault(path)) switch
            {
                (null, _) => [$"{path} is missing"],
                (_, null) => [$"{path} is too many"],
                var (found, wanted) when found.Length != wanted.Length
                    => [$"{path} has {found.Length} pages, not {wanted.Length}"],
                var (found, wanted) => found.Index().Where(page => page.Item != wanted[page.Index])
                    .Select(page => $"{path} block {page.Index} differs"),
            }).ToList();

        Assert.True(
            differences.Count == 0,
            $"{differences.Count} differences between the pages of an incremental and of a full backup: "
                + string.Join("; ", differences.Take(10)));
    }

    static IEnumerable<string> RelationFiles(string dataDirectory)
        => Directory.EnumerateFiles(
            dataDirectory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Concat(Directory.EnumerateDirectories($"{dataDirectory}/pg_tblspc")
                .Where(space => new DirectoryInfo(space).LinkTarget is not null)
                .SelectMany(space => Directory.EnumerateFiles(space, "*", SearchOption.AllDirectories)))
            .Select(path => path[(dataDirectory.Length + 1)..])
            .Distinct()
            .Where(path => RelationForkId.TryParse(path, out var id, out _)
                && id.Fork is RelationFork.Main or RelationFork.VisibilityMap);

    static void Mask(Span<byte> page)
    {
        if (((ReadOnlySpan<byte>)page).IsNewPage)
            return;

        page[..10].Clear();
        page[20..24].Clear();
        Clear(page[10..], HintFlags);

        var lower = BinaryPrimitives.ReadUInt16LittleEndian(page[12..]);
        var upper = BinaryPrimitives.ReadUInt16LittleEndian(page[14..]);
        var special = BinaryPrimitives.ReadUInt16LittleEndian(page[16..]);

        if (lower is < Page.HeaderBytes or > PageBytes || upper < lower || upper > special)
            return;

        page[lower..upper].Clear();

        if (special == PageBytes)
            MaskHeap(page, lower);
        else if (special == PageBytes - IndexSpecialBytes)
            MaskIndex(page, lower);
    }

    static void MaskHeap(Span<byte> page, int lower)
    {
        for (var at = Page.HeaderBytes; at + 4 <= lower; at += 4)
        {
            var item = BinaryPrimitives.ReadUInt32LittleEndian(page[at..]);
            var (offset, isNormal, length) = ((int)(item & 0x7FFF), (item >> 15 & 3) == 1, (int)(item >> 17));

            if (!isNormal || offset + length > PageBytes)
                continue;

            // htup_details.h: xmin, xmax, command number, the row's own place in 6 bytes, t_infomask2, t_infomask.
            page.Slice(offset + 8, 4).Clear();
            Clear(page[(offset + 20)..], TupleHints);
            page[(offset + length)..Math.Min(PageBytes, (offset + length + 7) & ~7)].Clear();
        }
    }

    /// <summary>B-tree, hash and GiST pages have special space of one size; the last two name their kind at its
    /// end.</summary>
    static void MaskIndex(Span<byte> page, int lower)
    {
        for (var at = Page.HeaderBytes; at + 4 <= lower; at += 4)
            BinaryPrimitives.WriteUInt32LittleEndian(
                page[at..], BinaryPrimitives.ReadUInt32LittleEndian(page[at..]) & ~(3u << 15));

        switch (BinaryPrimitives.ReadUInt16LittleEndian(page[(PageBytes - 2)..]))
        {
            case HashPage:
                Clear(page[(PageBytes - 4)..], HashGarbage);
                break;

            case GistPage:
                page[(PageBytes - IndexSpecialBytes)..(PageBytes - 8)].Clear();
                Clear(page[(PageBytes - 4)..], GistGarbage);
                break;

            default:
                Clear(page[(PageBytes - 4)..], BtreeGarbage);
                page[(PageBytes - 2)..].Clear();
                break;
        }
    }

    static void Clear(Span<byte> at, ushort bits)
        => BinaryPrimitives.WriteUInt16LittleEndian(
            at, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(at) & ~bits));
}
