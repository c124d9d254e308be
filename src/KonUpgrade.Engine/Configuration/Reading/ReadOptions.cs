using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Reading;

/// <summary>What of a cluster or a directory is read as items.</summary>
public sealed record ReadOptions
{
    /// <summary>The system as which it is seen: its rules say what belongs to it and what is cleared.</summary>
    public required SystemDescription System { get; init; }

    /// <summary>What of the system; everything unless told.</summary>
    public ClusterConfigSelection Selection { get; init; } = new();

    /// <summary>How many kinds of a cluster are listed at the same time.</summary>
    public int ThrottleLimit { get; init; } = 4;

    /// <summary>Whether Secrets are read, and what the system names as sensitive. Otherwise they are left out.</summary>
    public bool Secrets { get; init; }

    /// <summary>Whether files of an export that were altered since are read as they are.</summary>
    public bool AllowModified { get; init; }
}
