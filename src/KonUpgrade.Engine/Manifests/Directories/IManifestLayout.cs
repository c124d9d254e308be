namespace KonUpgrade.Engine.Manifests.Directories;

/// <summary>A layout in which another program than ours writes directories, so that not every file of one is a manifest.</summary>
public interface IManifestLayout
{
    /// <summary>Opens a directory.</summary>
    /// <returns>Null where the directory is not one of that program's.</returns>
    /// <exception cref="KonUpgrade.Model.UpgradeException">It can't be read.</exception>
    Task<ManifestDirectory?> TryOpenAsync(string path, CancellationToken cancellationToken);
}
