namespace KonUpgrade.Engine.Workloads;

/// <summary>What must be there before a held workload may run: without its claim, a StatefulSet makes a new and empty one.</summary>
/// <param name="Kind">The kind: <c>PersistentVolumeClaim</c>.</param>
/// <param name="Namespace">The namespace, or null.</param>
/// <param name="Name">The name.</param>
public sealed record HoldNeed(string Kind, string? Namespace, string Name);
