using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Manifests.Descriptions;

/// <summary>
/// The part <c>inPlace</c> of a system's description: what an upgrade of it in its place is made of. What a step may be, the
/// planner knows.
/// </summary>
public sealed class SystemInPlace
{
    private readonly DescriptionNode _node;

    private SystemInPlace(DescriptionNode node, string? role, IReadOnlyList<SystemVersionSource> versions, IReadOnlyList<SystemStep> steps)
    {
        _node = node;
        Role = role;
        Versions = versions;
        Steps = steps;
    }

    /// <summary>What the cluster that is named must be, where the system is on several; null where it is on one.</summary>
    public string? Role { get; }

    /// <summary>Which objects of that cluster tell the version of the system, and where; all of them must tell one in the end.</summary>
    public IReadOnlyList<SystemVersionSource> Versions { get; }

    /// <summary>The steps of each minor version on the way.</summary>
    internal IReadOnlyList<SystemStep> Steps { get; }

    /// <summary>Reads the part.</summary>
    internal static SystemInPlace Read(DescriptionNode node)
    {
        var versions = node.Items("versions").Select(SystemVersionSource.Read).ToList();
        if (versions.Count == 0)
            throw node.Error("versions", "inPlace does not say which objects tell the system's version.");
        var steps = SystemStep.ReadAll(node);
        return steps.Count > 0 ? new SystemInPlace(node, node.Text("role"), versions, steps) : throw node.Error("steps", "inPlace has no steps.");
    }

    /// <summary>An error in a field of the part.</summary>
    internal KonUpgrade.Model.UpgradeException Error(string field, string reason) => _node.Error(field, reason);
}

/// <summary>Objects that tell the version of a system.</summary>
/// <param name="Kind">Their kind with its group: <c>Seed.kubermatic.k8c.io</c>.</param>
/// <param name="Field">Where each of them tells it.</param>
/// <param name="LeftAloneBy">An annotation; one that has it, not empty, is left at its version until somebody takes it away. Null for none.</param>
public sealed record SystemVersionSource(string Kind, FieldPath Field, string? LeftAloneBy)
{
    internal static SystemVersionSource Read(DescriptionNode node)
    {
        var kind = node.RequiredText("kind");
        if (kind.Contains('*', StringComparison.Ordinal) || !kind.Contains('.', StringComparison.Ordinal))
            throw node.Error("kind", $"'{kind}' is no kind with its group, such as App.k11n.dev.");
        var field = node.RequiredText("field");
        return FieldPath.TryParse(field, out var path) ? new SystemVersionSource(kind, path, node.Text("leftAloneBy")) : throw node.Error("field", $"'{field}' is no field's path, such as status.version.");
    }
}
