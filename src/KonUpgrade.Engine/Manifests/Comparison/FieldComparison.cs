using System.Globalization;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Comparison;

/// <summary>
/// Compares two objects field by field. Elements of a list are matched by what names them (<see cref="ListKeys"/>)
/// where that is beyond doubt, by position otherwise; lists of plain values are compared whole. Values are compared as
/// they are written: <c>1000m</c> is not <c>1</c>, but 1.0 is 1. A null and an empty list say the same as a field that
/// is not there. Left out always: apiVersion, status, what a server writes into metadata, and annotations of ours.
/// </summary>
public static class FieldComparison
{
    /// <summary>The prefix of annotations that this program writes for itself.</summary>
    public const string OwnAnnotationPrefix = "konupgrade.dev/";

    private static readonly HashSet<string> s_ofTheServer = new(StringComparer.Ordinal)
    {
        "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields", "generateName",
    };

    /// <summary>The fields in which two objects differ, in the order of the reference; empty when they do not.</summary>
    /// <param name="reference">The object that is wanted, or the reference side's.</param>
    /// <param name="difference">The object that is found, or the other side's.</param>
    /// <param name="options">What counts; <see cref="FieldComparisonOptions.Whole"/> unless told.</param>
    public static IReadOnlyList<FieldDifference> Compare(JsonPart reference, JsonPart difference, FieldComparisonOptions? options = null) =>
        Compare(reference, difference, options, out _);

    /// <inheritdoc cref="Compare(JsonPart, JsonPart, FieldComparisonOptions?)"/>
    /// <param name="reference">The object that is wanted, or the reference side's.</param>
    /// <param name="difference">The object that is found, or the other side's.</param>
    /// <param name="options">What counts; <see cref="FieldComparisonOptions.Whole"/> unless told.</param>
    /// <param name="leftOut">
    /// How many fields and elements of lists only the other object has and were left out for that, as
    /// <see cref="FieldComparisonOptions.OnlyReferenceFields"/> asks; what is inside one is not counted again.
    /// </param>
    public static IReadOnlyList<FieldDifference> Compare(JsonPart reference, JsonPart difference, FieldComparisonOptions? options, out int leftOut)
    {
        options ??= FieldComparisonOptions.Whole;
        var kind = reference.Text("kind") ?? difference.Text("kind") ?? "";
        var apiVersion = reference.Text("apiVersion") ?? difference.Text("apiVersion") ?? "";
        var group = ApiResource.GroupOf(apiVersion);
        var walk = new Walk(options, kind, BuiltInGroups.Contains(group), options.HideValues || SecretKinds.Contains(group, kind));
        walk.Members("", reference, difference);
        leftOut = walk.LeftOut;
        return walk.Found;
    }

    private static bool SaysNothing(JsonPart value) =>
        value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0);

    private sealed class Walk(FieldComparisonOptions options, string kind, bool builtIn, bool hide)
    {
        public List<FieldDifference> Found { get; } = [];

        public int LeftOut { get; private set; }

        public void Members(string path, JsonPart reference, JsonPart difference)
        {
            foreach (var member in reference.EnumerateObject())
                Member(path, member.Name, member.Value, difference.TryGetProperty(member.Name, out var other) ? other : default);
            foreach (var member in difference.EnumerateObject())
            {
                if (reference.TryGetProperty(member.Name, out _))
                    continue;
                if (!options.OnlyReferenceFields)
                    Member(path, member.Name, default, member.Value);
                else if (!IsIgnored(path, member.Name) && !SaysNothing(member.Value))
                    LeftOut++;
            }
        }

        private void Member(string path, string name, JsonPart reference, JsonPart difference)
        {
            if (IsIgnored(path, name))
                return;
            var inner = FieldPathText.Append(path, name);
            if (options.IgnoredPaths.Contains(inner))
                return;
            Value(inner, name, reference, difference);
        }

        private static bool IsIgnored(string path, string name) => path switch
        {
            "" => name is "apiVersion" or "status",
            "metadata" => s_ofTheServer.Contains(name),
            "metadata.annotations" => name.StartsWith(OwnAnnotationPrefix, StringComparison.Ordinal),
            _ => path.EndsWith(']') && name == "uid" && path.StartsWith("metadata.ownerReferences[", StringComparison.Ordinal),
        };

        private void Value(string path, string name, JsonPart reference, JsonPart difference)
        {
            if (SaysNothing(reference) && (SaysNothing(difference) || options.OnlyReferenceFields) && !IsAtomicList(reference, difference, name))
                return;
            if (reference.ValueKind == JsonValueKind.Object && difference.ValueKind == JsonValueKind.Object)
            {
                Members(path, reference, difference);
                return;
            }
            if (reference.ValueKind == JsonValueKind.Array && difference.ValueKind == JsonValueKind.Array)
            {
                Lists(path, name, reference, difference);
                return;
            }
            if (OnlySide(path, reference, difference) || Same(reference, difference))
                return;
            Add(path, reference, difference);
        }

        /// <summary>An empty list that is wanted where the other side has elements: a difference, unless the server merges the list.</summary>
        private bool IsAtomicList(JsonPart reference, JsonPart difference, string name) =>
            reference.ValueKind == JsonValueKind.Array && difference.ValueKind == JsonValueKind.Array && difference.GetArrayLength() > 0
            && !(builtIn && ListKeys.IsMerged(name));

        /// <summary>Whether one side alone has the field, and that is no difference.</summary>
        private bool OnlySide(string path, JsonPart reference, JsonPart difference)
        {
            var here = SaysNothing(reference) ? difference : reference;
            if (!SaysNothing(reference) && !SaysNothing(difference))
                return false;
            if (options.IgnoreServerDefaults && ServerDefaults.Holds(kind, path, here))
                return true;
            // A map of which nothing but annotations of ours is left says nothing.
            return path == "metadata.annotations" && here.ValueKind == JsonValueKind.Object
                && here.EnumerateObject().All(a => a.Name.StartsWith(OwnAnnotationPrefix, StringComparison.Ordinal));
        }

        private void Lists(string path, string name, JsonPart reference, JsonPart difference)
        {
            var others = options.OnlyReferenceFields && builtIn && ListKeys.IsMerged(name);
            if (name == "finalizers" && path == "metadata.finalizers")
            {
                Sets(path, reference, difference);
                return;
            }
            if (ListKeys.Choose(reference, difference) is { } key)
            {
                Keyed(path, name, reference, difference, key, others);
                return;
            }
            if (reference.EnumerateArray().Concat(difference.EnumerateArray()).All(e => e.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array)))
            {
                if (!Same(reference, difference))
                    Add(path, reference, difference);
                return;
            }
            var length = Math.Max(reference.GetArrayLength(), difference.GetArrayLength());
            for (var i = 0; i < length; i++)
            {
                var inner = $"{path}[{i.ToString(CultureInfo.InvariantCulture)}]";
                Element(inner, i < reference.GetArrayLength() ? reference[i] : default, i < difference.GetArrayLength() ? difference[i] : default);
            }
        }

        private void Keyed(string path, string name, JsonPart reference, JsonPart difference, string[] key, bool othersMayAdd)
        {
            var elsewhere = new Dictionary<string, JsonPart>(StringComparer.Ordinal);
            foreach (var element in difference.EnumerateArray())
                elsewhere[ListKeys.Of(element, key)] = element;
            var here = new List<string>();
            foreach (var element in reference.EnumerateArray())
            {
                var id = ListKeys.Of(element, key);
                here.Add(id);
                Element($"{path}[{id}]", element, elsewhere.TryGetValue(id, out var other) ? other : default);
            }
            var known = here.ToHashSet(StringComparer.Ordinal);
            foreach (var (id, element) in elsewhere)
            {
                if (known.Contains(id))
                    continue;
                if (othersMayAdd)
                    LeftOut++;
                else
                    Element($"{path}[{id}]", default, element);
            }
            // The order of the elements that both have.
            if (builtIn && ListKeys.IsUnordered(name))
                return;
            var there = difference.EnumerateArray().Select(e => ListKeys.Of(e, key)).Where(known.Contains).ToList();
            if (!here.Where(elsewhere.ContainsKey).SequenceEqual(there, StringComparer.Ordinal))
                Found.Add(new FieldDifference { Path = path, Reference = Order(here), Difference = Order(there) });
        }

        private string? Order(IEnumerable<string> ids) => hide ? null : $"order: {string.Join("; ", ids)}";

        private void Element(string path, JsonPart reference, JsonPart difference)
        {
            if (reference.ValueKind == JsonValueKind.Object && difference.ValueKind == JsonValueKind.Object)
                Members(path, reference, difference);
            else if (!Same(reference, difference))
                Add(path, reference, difference);
        }

        private void Sets(string path, JsonPart reference, JsonPart difference)
        {
            var wanted = reference.EnumerateArray().Select(e => CompactJson.Of(e)).ToHashSet(StringComparer.Ordinal);
            var found = difference.EnumerateArray().Select(e => CompactJson.Of(e)).ToHashSet(StringComparer.Ordinal);
            if (options.OnlyReferenceFields ? !wanted.IsSubsetOf(found) : !wanted.SetEquals(found))
                Add(path, reference, difference);
        }

        private void Add(string path, JsonPart reference, JsonPart difference) => Found.Add(new FieldDifference
        {
            Path = path,
            Reference = Shown(reference),
            Difference = Shown(difference),
        });

        private string? Shown(JsonPart value) =>
            value.ValueKind == JsonValueKind.Undefined || hide ? null : CompactJson.Of(value, options.MaximumValueLength);
    }

    /// <summary>Whether two values are the same, members in any order.</summary>
    internal static bool Same(JsonPart a, JsonPart b)
    {
        if (a.ValueKind != b.ValueKind)
            return false;
        switch (a.ValueKind)
        {
            case JsonValueKind.Object:
                var members = 0;
                foreach (var member in a.EnumerateObject())
                {
                    members++;
                    if (!b.TryGetProperty(member.Name, out var other) || !Same(member.Value, other))
                        return false;
                }
                return b.EnumerateObject().Count() == members;
            case JsonValueKind.Array:
                if (a.GetArrayLength() != b.GetArrayLength())
                    return false;
                for (var i = 0; i < a.GetArrayLength(); i++)
                {
                    if (!Same(a[i], b[i]))
                        return false;
                }
                return true;
            case JsonValueKind.String:
                return a.ValueEquals(b.GetString());
            case JsonValueKind.Number:
                return a.GetRawText() == b.GetRawText()
                    || (decimal.TryParse(a.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var x)
                        && decimal.TryParse(b.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var y) && x == y);
            default:
                return true;
        }
    }
}
