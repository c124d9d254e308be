using KonUpgrade.Engine.Manifests.Directories;

namespace KonUpgrade.Engine.Configuration.Importing.Target;

/// <summary>An owner as the target knows it.</summary>
/// <param name="Reference">The reference as it was exported.</param>
/// <param name="ApiVersion">A version that the target serves.</param>
/// <param name="Uid">The owner's UID on the target.</param>
internal sealed record TargetOwner(OwnerReference Reference, string ApiVersion, string Uid);
