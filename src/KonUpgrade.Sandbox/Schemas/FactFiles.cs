using System.Globalization;
using System.Reflection;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>The minors, as in 1.x, that a fact holds for; both ends included.</summary>
internal readonly record struct MinorRange(int From, int To)
{
    public static readonly MinorRange All = new(0, int.MaxValue);

    public bool Contains(int minor) => From <= minor && minor <= To;

    /// <summary>"22..29", "22.." or "..29".</summary>
    public static MinorRange Parse(string text)
    {
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        if (dots < 0)
            throw new FormatException($"'{text}' is no range of minors");
        return new MinorRange(
            dots == 0 ? 0 : int.Parse(text.AsSpan(0, dots), CultureInfo.InvariantCulture),
            dots + 2 == text.Length ? int.MaxValue : int.Parse(text.AsSpan(dots + 2), CultureInfo.InvariantCulture));
    }
}

/// <summary>
/// One field of a structure, for a range of minors. Its type is in the notation of the fact files: *T pointer, []T list,
/// {}T map, then a basic type or a structure.
/// </summary>
internal sealed record FieldFact(string Name, string Type, IReadOnlyList<string> Flags, MinorRange Minors);

/// <summary>A structure of a published API: its name and fields, without the minors told apart.</summary>
internal sealed record StructFact(string Package, string Name, string Definition, bool Atomic, IReadOnlyList<FieldFact> Fields);

/// <summary>A value that the server gives a field which was left empty.</summary>
internal sealed record DefaultFact(string Field, string Json, MinorRange Minors);

/// <summary>A kind and where it was served.</summary>
internal sealed record KindFact(BuiltInKind Kind, IReadOnlyList<(string Package, MinorRange Minors)> Served);

/// <summary>
/// Reads the tables in Facts/: what the published OpenAPI documents and Go types of Kubernetes 1.21 to 1.34 say of each
/// structure (*.facts), which kinds are served where (kinds.facts), and what the server fills in (defaults.facts).
/// </summary>
internal sealed class FactFiles
{
    private FactFiles()
    {
    }

    public Dictionary<string, StructFact> Structs { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Groups { get; } = new(StringComparer.Ordinal);

    public List<KindFact> Kinds { get; } = [];

    /// <summary>By structure ("core/v1.PodSpec").</summary>
    public Dictionary<string, List<DefaultFact>> Defaults { get; } = new(StringComparer.Ordinal);

    public static FactFiles Load()
    {
        var facts = new FactFiles();
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".facts", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var number = 0;
            var state = new StructReader(facts);
            while (reader.ReadLine() is { } line)
            {
                number++;
                if (line.Length == 0 || line[0] == '#')
                    continue;
                try
                {
                    if (name.EndsWith(".kinds.facts", StringComparison.Ordinal))
                        facts.ReadKindLine(line);
                    else if (name.EndsWith(".defaults.facts", StringComparison.Ordinal))
                        facts.ReadDefaultLine(line);
                    else
                        state.Read(line);
                }
                catch (Exception e) when (e is FormatException or IndexOutOfRangeException or KeyNotFoundException)
                {
                    throw new InvalidDataException($"{name}, line {number}: {e.Message}", e);
                }
            }
        }
        return facts;
    }

    private void ReadKindLine(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words[0] == "group")
        {
            Groups[words[1]] = words.Length > 2 ? words[2] : "";
            return;
        }
        if (words[0] != "kind")
            throw new FormatException($"'{words[0]}' is neither kind nor group");
        string[] List(string key) => words.FirstOrDefault(w => w.StartsWith(key + "=", StringComparison.Ordinal)) is { } w ? w[(key.Length + 1)..].Split(',') : [];
        var served = List("serve").Select(s =>
        {
            var at = s.IndexOf('@', StringComparison.Ordinal);
            return at < 0 ? (s, MinorRange.All) : (s[..at], MinorRange.Parse(s[(at + 1)..]));
        }).ToList();
        var kind = new BuiltInKind
        {
            Kind = words[1],
            ListKind = words[1] + "List",
            Plural = words[2],
            Singular = words[1].ToLowerInvariant(),
            Namespaced = words[3] == "ns",
            ShortNames = List("short"),
            Categories = List("in"),
            Subresources = List("sub"),
            Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
            HomeGroup = Groups[served[0].Item1[..served[0].Item1.IndexOf('/', StringComparison.Ordinal)]],
        };
        Kinds.Add(new KindFact(kind, served));
    }

    /// <summary>"core/v1.ServiceSpec type="ClusterIP" sessionAffinity="None" @22..": values are JSON without blanks.</summary>
    private void ReadDefaultLine(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var range = words[^1][0] == '@' ? MinorRange.Parse(words[^1][1..]) : MinorRange.All;
        foreach (var target in words[0].Split(','))
        {
            if (!Defaults.TryGetValue(target, out var list))
                Defaults[target] = list = [];
            foreach (var word in words.Skip(1).Where(w => w[0] != '@'))
            {
                var equals = word.IndexOf('=', StringComparison.Ordinal);
                list.Add(new DefaultFact(word[..equals], word[(equals + 1)..], range));
            }
        }
    }

    private sealed class StructReader(FactFiles facts)
    {
        private string package = "";
        private string definitionPrefix = "";
        private List<FieldFact> fields = [];

        public void Read(string line)
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (line[0] != ' ')
            {
                switch (words[0])
                {
                    case "package":
                        package = words[1];
                        definitionPrefix = words[2];
                        break;
                    case "struct":
                        fields = [];
                        var atomic = words.Length > 2 && words[2] == "atomic";
                        facts.Structs.Add($"{package}.{words[1]}", new StructFact(package, words[1], $"{definitionPrefix}.{words[1]}", atomic, fields));
                        break;
                    default:
                        throw new FormatException($"'{words[0]}' is neither package nor struct");
                }
                return;
            }
            var range = words[^1][0] == '@' ? MinorRange.Parse(words[^1][1..]) : MinorRange.All;
            var flags = words.Skip(2).Where(w => w[0] != '@').ToArray();
            fields.Add(new FieldFact(words[0], words[1], flags, range));
        }
    }
}
