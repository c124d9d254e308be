using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Comparing;

/// <summary>What is compared.</summary>
public sealed record CompareOptions
{
    /// <summary>The system as which both sides are seen: its rules say what counts.</summary>
    public required SystemDefinition System { get; init; }

    /// <summary>What of it; everything unless told.</summary>
    public ClusterConfigSelection Selection { get; init; } = new();

    /// <summary>Whether Secrets and what the system names as sensitive are compared; the comparer finds out whether both sides can tell.</summary>
    internal bool Secrets { get; init; }

    /// <summary>How many differing objects are looked at once.</summary>
    public int ThrottleLimit { get; init; } = 8;
}
