using System.Text.Json.Nodes;

namespace KonUpgrade.Engine.Workloads;

/// <summary>
/// Which element of a list is which, when somebody may have put others in, taken some out or changed their order. A name
/// that only one element has tells. Other elements are known by what is in them beside the field in question: by exactly
/// that, or, where a server has added defaults, by that and more if only one element fits. What can't be told is left.
/// </summary>
internal static class ElementMatch
{
    /// <summary>An element that is looked for.</summary>
    /// <param name="Item">Its name, or its place where it has none of its own. Null where the path leads through no list.</param>
    /// <param name="Like">What was in it, where it has no name of its own.</param>
    /// <param name="Value">What it is looked for for: elements that are alike, and of which fewer are left, are told apart by nothing else.</param>
    public readonly record struct Sought(string? Item, JsonNode? Like, JsonNode? Value);

    /// <summary>Finds the places.</summary>
    /// <param name="sought">The elements that are looked for.</param>
    /// <param name="places">The places that there are.</param>
    /// <returns>For each element its place, or null.</returns>
    public static FieldPlace?[] Find(IReadOnlyList<Sought> sought, IReadOnlyList<FieldPlace> places)
    {
        var found = new FieldPlace?[sought.Count];
        var free = places.ToList();
        for (var i = 0; i < found.Length; i++)
        {
            if (sought[i].Like is null && free.Find(p => p.Item == sought[i].Item && p.IsNamed) is { } named)
                Take(i, named);
        }
        foreach (var alike in Open().GroupBy(i => i, new AlikeComparer(sought)).Select(g => g.ToList()).ToList())
            TakeAlike(alike, [.. free.Where(p => JsonNode.DeepEquals(p.Likeness, sought[alike[0]].Like))]);
        var fits = Open().Select(i => (Index: i, Places: free.Where(p => Holds(p.Likeness, sought[i].Like)).ToList())).ToList();
        foreach (var (index, fit) in fits)
        {
            if (fit.Count == 1 && fits.Count(other => other.Places.Contains(fit[0])) == 1)
                Take(index, fit[0]);
        }
        return found;

        IEnumerable<int> Open() => Enumerable.Range(0, found.Length).Where(i => sought[i].Like is not null && found[i] is null);

        void Take(int index, FieldPlace place)
        {
            found[index] = place;
            free.Remove(place);
        }

        // Elements that are alike are as good as each other, so they are taken in their order.
        void TakeAlike(List<int> alike, List<FieldPlace> candidates)
        {
            if (alike.Count > candidates.Count && alike.Exists(i => !JsonNode.DeepEquals(sought[i].Value, sought[alike[0]].Value)))
                return;
            if (alike.Count < candidates.Count)
            {
                foreach (var i in alike)
                {
                    if (candidates.Find(p => p.Item == sought[i].Item) is { } own)
                    {
                        Take(i, own);
                        candidates.Remove(own);
                    }
                }
            }
            foreach (var (i, place) in alike.Where(i => found[i] is null).Zip(candidates).ToList())
                Take(i, place);
        }
    }

    /// <summary>Whether something has all that something else has; it may have more, in mappings.</summary>
    private static bool Holds(JsonNode? all, JsonNode? part) => (all, part) switch
    {
        (JsonObject a, JsonObject p) => p.All(member => a.TryGetPropertyValue(member.Key, out var value) && Holds(value, member.Value)),
        (JsonArray a, JsonArray p) => a.Count == p.Count && a.Zip(p).All(pair => Holds(pair.First, pair.Second)),
        _ => JsonNode.DeepEquals(all, part),
    };

    private sealed class AlikeComparer(IReadOnlyList<Sought> sought) : IEqualityComparer<int>
    {
        public bool Equals(int x, int y) => JsonNode.DeepEquals(sought[x].Like, sought[y].Like);

        public int GetHashCode(int obj) => 0;
    }
}
