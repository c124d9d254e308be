using System.Globalization;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Workloads;

/// <summary>One place in an object that a path means: in a list, one for each element.</summary>
internal sealed class FieldPlace
{
    private readonly JsonObject _container;
    private readonly string[] _names;
    private readonly string _prefix;

    private FieldPlace(JsonObject container, FieldPath path, string[] names, string prefix, string? item, bool isNamed)
    {
        IsNamed = isNamed;
        Path = path;
        _container = container;
        _names = names;
        _prefix = prefix;
        Item = item;
    }

    /// <summary>Where it is in this object, with the place of the element in a list.</summary>
    public FieldPath Path { get; }

    /// <summary>Which element of the list it is in: its name, or its place where no other way tells. Null where the path leads through no list.</summary>
    public string? Item { get; }

    /// <summary>Whether <see cref="Item"/> tells it from all others: the path leads through no list, or no other element has that name.</summary>
    public bool IsNamed { get; }

    /// <summary>What is in the element of the list beside the field.</summary>
    public JsonNode Likeness
    {
        get
        {
            var copy = (JsonObject)_container.DeepClone();
            new FieldPlace(copy, Path, _names, _prefix, Item, IsNamed).Remove(int.MaxValue);
            return copy;
        }
    }

    /// <summary>It, as it can be found again.</summary>
    public ElementMatch.Sought Sought => new(Item, IsNamed ? null : Likeness, Value);

    /// <summary>The place as people read it: <c>spec.targets[production].deployMode</c>.</summary>
    public string Text
    {
        get
        {
            var rest = FieldPath.Of(_names).ToString();
            return Item is null ? rest : $"{_prefix}[{Item}]{(rest.StartsWith('[') ? "" : ".")}{rest}";
        }
    }

    /// <summary>What is there, or null.</summary>
    public JsonNode? Value
    {
        get
        {
            JsonNode? node = _container;
            foreach (var name in _names)
                node = (node as JsonObject)?[name];
            return node;
        }
    }

    /// <summary>Whether a path is one that can be held: names, with at most one <c>[*]</c> before its last name.</summary>
    public static bool CanHold(FieldPath path)
    {
        var steps = path.Steps;
        var lists = 0;
        foreach (var step in steps)
        {
            if (step.Name is null && (step.Index >= 0 || ++lists > 1))
                return false;
        }
        return !steps.IsEmpty && steps[^1].Name is not null && steps[0].Name is not null;
    }

    /// <summary>The places of an object that a path means.</summary>
    public static List<FieldPlace> Of(JsonObject root, FieldPath path)
    {
        var names = new List<string>();
        string[] above = [];
        JsonArray? list = null;
        var prefix = "";
        foreach (var step in path.Steps)
        {
            if (step.Name is { } name)
            {
                names.Add(name);
                continue;
            }
            JsonNode? node = root;
            above = [.. names];
            foreach (var outer in above)
                node = (node as JsonObject)?[outer];
            prefix = FieldPath.Of(above).ToString();
            list = node as JsonArray ?? [];
            names.Clear();
        }
        string[] rest = [.. names];
        if (list is null)
            return [new FieldPlace(root, path, rest, "", null, isNamed: true)];
        var elements = list.Select((element, i) => (Element: element as JsonObject, Place: i)).Where(e => e.Element is not null)
            .Select(e => (Element: e.Element!, e.Place, Name: NameOf(e.Element!))).ToList();
        var counts = elements.Where(e => e.Name is not null).GroupBy(e => e.Name!, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        return
        [
            .. elements.Select(e =>
            {
                var at = rest.Aggregate(FieldPath.Of(above).Element(e.Place), (part, name) => part.Member(name));
                return e.Name is { } own && counts[own] == 1
                    ? new FieldPlace(e.Element, at, rest, prefix, own, isNamed: true)
                    : new FieldPlace(e.Element, at, rest, prefix, e.Place.ToString(CultureInfo.InvariantCulture), isNamed: false);
            }),
        ];
    }

    /// <summary>Puts a value there.</summary>
    /// <returns>How many mappings above it had to be made.</returns>
    /// <exception cref="UpgradeException">Something above it is no mapping.</exception>
    public int Set(JsonNode? value)
    {
        var made = 0;
        var at = _container;
        foreach (var name in _names.AsSpan(0, _names.Length - 1))
        {
            switch (at[name])
            {
                case JsonObject next:
                    at = next;
                    break;
                case null:
                    var fresh = new JsonObject();
                    at[name] = fresh;
                    at = fresh;
                    made++;
                    break;
                default:
                    throw new UpgradeException(HoldFailures.NotAMapping(Text, name));
            }
        }
        at[_names[^1]] = value;
        return made;
    }

    /// <summary>Takes the field away, and of the mappings above it as many as were made for it, where they are empty.</summary>
    public void Remove(int made)
    {
        var above = new List<JsonObject> { _container };
        foreach (var name in _names.AsSpan(0, _names.Length - 1))
        {
            if (above[^1][name] is not JsonObject next)
                return;
            above.Add(next);
        }
        above[^1].Remove(_names[^1]);
        for (var i = above.Count - 1; i > 0 && made > 0 && above[i].Count == 0; i--, made--)
            above[i - 1].Remove(_names[i - 1]);
    }

    private static string? NameOf(JsonObject element) => element["name"] is JsonValue value && value.TryGetValue<string>(out var name) && name.Length > 0 ? name : null;
}
