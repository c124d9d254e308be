namespace KonUpgrade.Engine.Kubernetes;

/// <summary>API groups as people write them: the core group, whose name is empty, is written <c>core</c>.</summary>
public static class ApiGroup
{
    private const string Core = "core";

    /// <summary>The group that a word means; empty for the core group.</summary>
    public static string Of(string word) => word == Core ? "" : word;

    /// <summary>The word for a group.</summary>
    /// <param name="group">The group; empty for the core group.</param>
    public static string Word(string group) => group is "" ? Core : group;
}
