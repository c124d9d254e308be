using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools.Moving;

/// <summary>
/// What says of a new pool which one it replaces: a tag that it has from its creation on, so that no moment exists in which
/// it is there and nobody knows what for. It names the old pool and ends in what no other pool of that name has.
/// </summary>
/// <param name="Name">The old pool's name.</param>
/// <param name="Part">The last part of its id: the UUID in the ARN of a node group; empty where it has no id.</param>
internal sealed record MoveMark(string Name, string Part)
{
    /// <summary>The tag's key.</summary>
    public const string Tag = "konupgrade.dev/replaces";

    /// <summary>The mark that says: instead of this one.</summary>
    public static MoveMark Of(Nodepool old) => Of(old.Name, old.Id);

    /// <inheritdoc cref="Of(Nodepool)"/>
    public static MoveMark Of(string name, string? id) => new(name, id is null ? "" : id[(id.LastIndexOf('/') + 1)..]);

    /// <summary>The mark that a pool carries; null where it has none.</summary>
    public static MoveMark? On(Nodepool pool)
    {
        if (pool.Shape?.Tag?.GetValueOrDefault(Tag) is not { Length: > 0 } text)
            return null;
        var slash = text.LastIndexOf('/');
        return slash < 0 ? new MoveMark(text, "") : new MoveMark(text[..slash], text[(slash + 1)..]);
    }

    /// <summary>A shape with the mark.</summary>
    public NodepoolShape Put(NodepoolShape shape) => ShapeTags.With(shape, Tag, ToString());

    /// <inheritdoc/>
    public override string ToString() => $"{Name}/{Part}";
}
