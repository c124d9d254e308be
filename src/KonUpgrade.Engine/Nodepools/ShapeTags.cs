using KonUpgrade.Model;

namespace KonUpgrade.Engine.Nodepools;

/// <summary>Tags of pools that say whose they are, from their creation on.</summary>
internal static class ShapeTags
{
    /// <summary>A shape with one tag more, or another value of it.</summary>
    public static NodepoolShape With(NodepoolShape shape, string tag, string value) =>
        shape with { Tag = new Dictionary<string, string>(shape.Tag ?? new Dictionary<string, string>(), StringComparer.Ordinal) { [tag] = value } };
}
