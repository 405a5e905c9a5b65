namespace TomoBackup.Tests.Architecture;

/// <summary>Finds the places where a room looks into another that the table keeps closed to it.</summary>
sealed class RoomRule
{
    readonly IReadOnlyList<CSharpFile> _files;
    readonly Dictionary<string, Room> _rooms = Rooms.Table.ToDictionary(room => room.Name);
    readonly ILookup<string, string> _typesOf;

    public RoomRule(IEnumerable<CSharpFile> files)
    {
        _files = [.. files.Where(file => file.IsBelow(Rooms.Folder))];
        _typesOf = _files.SelectMany(file => file.Types.Select(type => (Room: Rooms.Of(file), type)))
            .ToLookup(pair => pair.Room, pair => pair.type);
    }

    /// <summary>Folders of the engine that the table does not know.</summary>
    public IEnumerable<string> Strangers()
        => _files.Select(Rooms.Of).Distinct().Where(room => room.Length > 0 && !_rooms.ContainsKey(room));

    /// <summary>One line for each forbidden look.</summary>
    public IEnumerable<string> Violations() => _files.SelectMany(ViolationsIn).Distinct();

    IEnumerable<string> ViolationsIn(CSharpFile file)
    {
        var own = Rooms.Of(file);
        var room = own.Length > 0 && _rooms.TryGetValue(own, out var known) ? known : new Room(own, [], []);

        foreach (var target in file.DottedNames.Select(Target).OfType<string>().Distinct())
        {
            if (target == own || room.Into.Contains(target) || room.Walls.Contains(target))
                continue;

            if (!_rooms.TryGetValue(target, out var closed) || closed.Seams.Count == 0)
                yield return $"{file.Path}: '{Named(own)}' looks into '{target}'";
            else
                foreach (var type in file.Names.Intersect(_typesOf[target]).Except(closed.Seams))
                    yield return $"{file.Path}: '{Named(own)}' names '{type}' of '{target}', of which it may name "
                        + $"{string.Join(", ", closed.Seams)} only";
        }
    }

    // TomoBackup.Restores.X names a room from anywhere; inside the engine, so does Restores.X.
    string? Target(string name)
    {
        var parts = name.Split('.', StringSplitOptions.TrimEntries);

        if (parts[0] == Rooms.Namespace)
            return IsRoomOrWall(parts[1]) ? parts[1] : null;

        return _rooms.ContainsKey(parts[0]) && _typesOf[parts[0]].Contains(parts[1].Split('<')[0]) ? parts[0] : null;
    }

    bool IsRoomOrWall(string name) => _rooms.ContainsKey(name) || name is "Postgres" or "Storage" or "Cli";

    static string Named(string room) => room.Length > 0 ? room : Rooms.Namespace;
}
