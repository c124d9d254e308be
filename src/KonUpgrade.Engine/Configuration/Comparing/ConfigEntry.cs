using KonUpgrade.Engine.Manifests;

namespace KonUpgrade.Engine.Configuration.Comparing;

/// <summary>An object of one side: its name and a checksum of what counts of it, not its content.</summary>
/// <param name="Key">What it is.</param>
/// <param name="ApiVersion">The group and version that it was read in.</param>
/// <param name="Sha256">The checksum of its canonical form without what belongs to its cluster.</param>
/// <param name="Handle">Where its source finds it again.</param>
/// <param name="IsWritten">
/// Whether people wrote it, rather than a server: what it does not name it leaves to the server, and so does a comparison.
/// </param>
public sealed record ConfigEntry(ObjectKey Key, string ApiVersion, string Sha256, object? Handle, bool IsWritten = false)
{
    /// <summary>
    /// Whether a controller made it by itself and nobody has added anything: where the other side has none, that is no
    /// difference, and where it has one to which something was added, that is what differs.
    /// </summary>
    public bool ComesByItself { get; init; }
}
