using KonUpgrade.Engine.Manifests.Descriptions;

namespace KonUpgrade.Engine.Configuration.Systems;

/// <summary>A system: what its description says, and code where data is not enough.</summary>
/// <param name="Description">The description.</param>
public sealed record SystemDefinition(SystemDescription Description)
{
    /// <summary>Finds the clusters that belong together, where the system has more than one; null where it has one.</summary>
    public IClusterFamily? Family { get; init; }

    /// <summary>Makes what looks after the system's objects during one import; null where the description says it all.</summary>
    public Func<IImportHook>? CreateImportHook { get; init; }
}
