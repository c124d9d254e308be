namespace KonUpgrade.Sandbox.Api;

/// <summary>The tempo of a simulated cluster.</summary>
internal sealed record ClusterSettings
{
    /// <summary>What the UIDs of its namespaces follow from, beside its name.</summary>
    public string Identity { get; init; } = "";

    /// <summary>Where it tells what its user should know and no answer says; must bear several writers.</summary>
    public TextWriter Log { get; init; } = TextWriter.Null;

    /// <summary>Every write is answered no sooner than this after it came.</summary>
    public TimeSpan WriteDelay { get; init; } = TimeSpan.Zero;

    /// <summary>How long the pages of a list can be asked for.</summary>
    public TimeSpan PageLifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a watch that allows bookmarks gets one.</summary>
    public TimeSpan BookmarkInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From the creation of a CRD until it is served.</summary>
    public TimeSpan EstablishDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>From a namespace's deletion until it is empty and gone, at least.</summary>
    public TimeSpan FinalizeDelay { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>From an owner's end until the garbage collector looks at what it owned.</summary>
    public TimeSpan CollectDelay { get; init; } = TimeSpan.FromMilliseconds(20);
}
