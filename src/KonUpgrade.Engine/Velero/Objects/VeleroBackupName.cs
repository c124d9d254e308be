namespace KonUpgrade.Engine.Velero.Objects;

/// <summary>A backup as it is looked for in another cluster.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Bucket">The bucket that it is in; null where that is not known.</param>
/// <param name="Prefix">The prefix within it, or null.</param>
internal sealed record VeleroBackupName(string Name, string? Bucket = null, string? Prefix = null)
{
    public string Address => VeleroLocation.AddressOf(Bucket, Prefix);
}
