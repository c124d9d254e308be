using System.Text;
using System.Text.Json.Nodes;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>
/// A set of fields as managedFields keeps it (FieldsV1): a tree whose elements are written f:name, k:{...}, v:... or i:n,
/// where an element may be a member itself (".": {}), have fields below it, or both.
/// </summary>
internal sealed class FieldSet
{
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);

    public bool IsEmpty
    {
        get
        {
            foreach (var entry in entries.Values)
            {
                if (entry.Member || entry.Children is { IsEmpty: false })
                    return false;
            }
            return true;
        }
    }

    /// <summary>The fields below an element, or null.</summary>
    public FieldSet? Below(string element) => entries.TryGetValue(element, out var entry) ? entry.Children : null;

    public bool Has(string element) => entries.TryGetValue(element, out var entry) && entry.Member;

    public bool Has(IReadOnlyList<string> path)
    {
        var set = this;
        for (var i = 0; i < path.Count - 1; i++)
        {
            set = set.Below(path[i]);
            if (set is null)
                return false;
        }
        return path.Count > 0 && set.Has(path[^1]);
    }

    public void Add(string element) => EntryOf(element).Member = true;

    public void Add(IReadOnlyList<string> path)
    {
        var set = this;
        for (var i = 0; i < path.Count - 1; i++)
            set = set.EnterOf(path[i]);
        if (path.Count > 0)
            set.Add(path[^1]);
    }

    /// <summary>The set below an element, made when it is not there.</summary>
    public FieldSet EnterOf(string element) => EntryOf(element).Children ??= new FieldSet();

    public FieldSet Union(FieldSet other)
    {
        var result = new FieldSet();
        foreach (var (element, entry) in entries)
        {
            if (other.entries.TryGetValue(element, out var theirs))
            {
                result.entries[element] = new Entry
                {
                    Member = entry.Member || theirs.Member,
                    Children = (entry.Children, theirs.Children) switch
                    {
                        (null, var only) => only,
                        (var only, null) => only,
                        var (a, b) => a.Union(b),
                    },
                };
            }
            else
            {
                result.entries[element] = entry;
            }
        }
        foreach (var (element, entry) in other.entries)
            result.entries.TryAdd(element, entry);
        return result;
    }

    /// <summary>Without the members of <paramref name="other"/>. What lies below a member taken out stays.</summary>
    public FieldSet Difference(FieldSet other) => Without(other, recursive: false);

    /// <summary>Without the members of <paramref name="other"/> and all that lies below them.</summary>
    public FieldSet DifferenceRecursive(FieldSet other) => Without(other, recursive: true);

    private FieldSet Without(FieldSet other, bool recursive)
    {
        var result = new FieldSet();
        foreach (var (element, entry) in entries)
        {
            if (!other.entries.TryGetValue(element, out var theirs))
            {
                result.entries[element] = entry;
                continue;
            }
            if (recursive && theirs.Member)
                continue;
            var member = entry.Member && !theirs.Member;
            var children = entry.Children is null || theirs.Children is null ? entry.Children : entry.Children.Without(theirs.Children, recursive);
            if (children is { entries.Count: 0 })
                children = null;
            if (member || children is not null)
                result.entries[element] = new Entry { Member = member, Children = children };
        }
        return result;
    }

    public FieldSet Intersection(FieldSet other)
    {
        var result = new FieldSet();
        foreach (var (element, entry) in entries)
        {
            if (!other.entries.TryGetValue(element, out var theirs))
                continue;
            var member = entry.Member && theirs.Member;
            var children = entry.Children is null || theirs.Children is null ? null : entry.Children.Intersection(theirs.Children);
            if (children is { entries.Count: 0 })
                children = null;
            if (member || children is not null)
                result.entries[element] = new Entry { Member = member, Children = children };
        }
        return result;
    }

    /// <summary>The same set in which every named field of a structure on the way to a member is a member too.</summary>
    public FieldSet WithNamedFields(SchemaNode schema)
    {
        var result = new FieldSet();
        foreach (var (element, entry) in entries)
        {
            var below = FieldWalk.Below(schema, element);
            var named = entry.Children is not null && element.StartsWith("f:", StringComparison.Ordinal) && schema.Properties.ContainsKey(element[2..]);
            result.entries[element] = new Entry { Member = entry.Member || named, Children = entry.Children?.WithNamedFields(below) };
        }
        return result;
    }

    public bool Same(FieldSet other) => Difference(other).IsEmpty && other.Difference(this).IsEmpty;

    /// <summary>All members in the order the server lists them.</summary>
    public IEnumerable<IReadOnlyList<string>> Paths()
    {
        var path = new List<string>();
        return Visit(this, path);

        static IEnumerable<IReadOnlyList<string>> Visit(FieldSet set, List<string> path)
        {
            // Members first, then what is below: the order in which structured-merge-diff iterates.
            foreach (var (element, entry) in set.Sorted())
            {
                if (!entry.Member)
                    continue;
                path.Add(element);
                yield return path.ToArray();
                path.RemoveAt(path.Count - 1);
            }
            foreach (var (element, entry) in set.Sorted())
            {
                if (entry.Children is null)
                    continue;
                path.Add(element);
                foreach (var deeper in Visit(entry.Children, path))
                    yield return deeper;
                path.RemoveAt(path.Count - 1);
            }
        }
    }

    /// <summary>FieldsV1.</summary>
    /// <param name="self">Write that the place itself is a member too.</param>
    public JsonObject ToJson(bool self = false)
    {
        var json = new JsonObject();
        if (self)
            json["."] = new JsonObject();
        foreach (var (element, entry) in Sorted())
        {
            if (entry.Children is { IsEmpty: false } below)
                json[element] = below.ToJson(entry.Member);
            else if (entry.Member)
                json[element] = new JsonObject();
        }
        return json;
    }

    /// <summary>Reads FieldsV1; null when it is no such thing.</summary>
    public static FieldSet? FromJson(JsonNode? json)
    {
        if (json is not JsonObject fields)
            return null;
        var set = new FieldSet();
        foreach (var (element, value) in fields)
        {
            if (element == ".")
                continue;
            if (element.Length < 2 || element[1] != ':' || value is not JsonObject below)
                return null;
            // Nothing below means that the field itself is meant.
            var member = below.Count == 0 || below.ContainsKey(".");
            FieldSet? children = null;
            if (below.Count > (below.ContainsKey(".") ? 1 : 0))
            {
                children = FromJson(below);
                if (children is null)
                    return null;
            }
            set.entries[element] = new Entry { Member = member, Children = children };
        }
        return set;
    }

    /// <summary>A path as the server prints it: .spec.ports[port=80,protocol="TCP"].name</summary>
    public static string Print(IReadOnlyList<string> path)
    {
        var text = new StringBuilder();
        foreach (var element in path)
            text.Append(PathElement.Print(element));
        return text.ToString();
    }

    private IEnumerable<KeyValuePair<string, Entry>> Sorted() => entries.OrderBy(e => e.Key, PathElement.Order);

    private Entry EntryOf(string element)
    {
        if (!entries.TryGetValue(element, out var entry))
            entries[element] = entry = new Entry();
        return entry;
    }

    // Shared between sets made from one another: changed only while the set that made it is being filled.
    private sealed class Entry
    {
        public bool Member { get; set; }

        public FieldSet? Children { get; set; }
    }
}
