namespace KonUpgrade.Engine.Upgrades.Details;

/// <summary>Something that an undo left as it was.</summary>
/// <param name="Name">The object, as people write it.</param>
/// <param name="Reason">Why.</param>
/// <param name="IsRemoval">Whether it was to be removed; otherwise it was to be put back.</param>
internal sealed record LeftOnGreen(string Name, string Reason, bool IsRemoval);
