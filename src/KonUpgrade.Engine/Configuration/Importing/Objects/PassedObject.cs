using KonUpgrade.Engine.ApiVersions;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Configuration.Importing.Target;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Configuration.Importing.Objects;

/// <summary>An object against whose being written nothing speaks.</summary>
/// <param name="Item">The object.</param>
/// <param name="Choice">In which version it is written.</param>
/// <param name="Verdict">What its system says of it.</param>
/// <param name="Owners">Its owners, as the target knows them.</param>
/// <param name="Judges">Who judges it.</param>
/// <param name="Outside">What it does on the world outside the cluster; null where it does nothing or is allowed to.</param>
internal sealed record PassedObject(ImportItem Item, VersionChoice Choice, ImportVerdict Verdict, IReadOnlyList<TargetOwner> Owners, BackEndState Judges, string? Outside)
{
    /// <summary>What it is written to.</summary>
    public ApiResource Resource => Choice.Resource!;
}
