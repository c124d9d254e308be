namespace KonUpgrade.Engine.Kubernetes;

/// <summary>The version of an API server.</summary>
/// <param name="Major">The major version: 1.</param>
/// <param name="Minor">The minor version: 33. A plus sign that some vendors add is gone.</param>
/// <param name="GitVersion">The whole: <c>v1.33.5-eks-113cf36</c>.</param>
public sealed record ServerVersion(int Major, int Minor, string GitVersion)
{
    /// <summary>Whether it is at least the version given.</summary>
    public bool IsAtLeast(int major, int minor) => Major > major || (Major == major && Minor >= minor);

    /// <summary>The minor version that comes after it.</summary>
    public ServerVersion NextMinor => new(Major, Minor + 1, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"v{Major}.{Minor + 1}"));

    /// <inheritdoc/>
    public override string ToString() => GitVersion;
}
