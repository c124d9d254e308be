using KonUpgrade.Model;

namespace KonUpgrade.Engine.Manifests.Descriptions;

/// <summary>The part <c>upgrade</c> of a system's description: how its way from blue to green differs from that of every system. What a step may be, the planner knows.</summary>
public sealed class SystemUpgrade
{
    private readonly DescriptionNode _node;

    private SystemUpgrade(DescriptionNode node, IReadOnlyList<string> omit, IReadOnlyList<SystemStep> steps)
    {
        _node = node;
        Omit = omit;
        Steps = steps;
    }

    /// <summary>Steps of every system that this one has no use for.</summary>
    public IReadOnlyList<string> Omit { get; }

    /// <summary>Steps of its own, or in the place of one with the same id; and the steps that have to wait for each.</summary>
    internal IReadOnlyList<SystemStep> Steps { get; }

    /// <summary>Reads the part.</summary>
    internal static SystemUpgrade Read(DescriptionNode node) => new(node, node.Texts("omit"), SystemStep.ReadAll(node));

    /// <summary>An error in a field of the part.</summary>
    internal UpgradeException Error(string field, string reason) => _node.Error(field, reason);
}

/// <summary>A step as a description has it; what it may be, the planner knows.</summary>
/// <param name="Node">The step.</param>
/// <param name="Before">The steps that have to wait for it.</param>
/// <param name="IsOptional">Whether it is left out where a plan does not say what it needs to know.</param>
internal sealed record SystemStep(DescriptionNode Node, IReadOnlyList<string> Before, bool IsOptional)
{
    /// <summary>The steps of a description.</summary>
    public static IReadOnlyList<SystemStep> ReadAll(DescriptionNode node) =>
        [.. node.Detached("steps", "before").Select(step => new SystemStep(step.Node, step.Taken, step.Node.TakeFlag("optional")))];
}
