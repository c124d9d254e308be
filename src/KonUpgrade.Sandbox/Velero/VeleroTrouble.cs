namespace KonUpgrade.Sandbox.Velero;

/// <summary>Something that goes wrong at the Velero servers, until it is taken away:
/// <list type="bullet">
/// <item><c>PartiallyFailed</c>: the <see cref="Items"/> cannot be backed up or restored; without any, an error of its own.</item>
/// <item><c>Failed</c>: the whole backup or restore fails, in its middle.</item>
/// <item><c>InProgress</c>, <c>WaitingForPluginOperations</c>, <c>Finalizing</c>: it gets there and no further.</item>
/// <item><c>Unavailable</c>: storage locations cannot be reached; <see cref="Name"/> is a location's.</item>
/// <item><c>NotSynced</c>: backups in the bucket are not seen by a sync, until <see cref="Delay"/> is over where it is given.</item>
/// </list>
/// </summary>
/// <param name="Outcome">What happens.</param>
public sealed record VeleroTrouble(string Outcome)
{
    internal static readonly IReadOnlyList<string> Outcomes = ["PartiallyFailed", "Failed", "InProgress", "WaitingForPluginOperations", "Finalizing", "Unavailable", "NotSynced"];

    /// <summary>Restores are struck, and backups are not.</summary>
    public bool Restore { get; init; }

    /// <summary>The cluster; null for all.</summary>
    public string? Cluster { get; init; }

    /// <summary>The name of the backup, restore or location, or its beginning and <c>*</c>; null for all.</summary>
    public string? Name { get; init; }

    /// <summary>What cannot be handled: <c>deployments.apps/shop/web</c>, <c>namespaces/shop</c>, or a beginning and <c>*</c>.</summary>
    public IReadOnlyList<string> Items { get; init; } = [];

    /// <summary>What the error says; null for words of the sandbox's own.</summary>
    public string? Message { get; init; }

    /// <summary>For NotSynced: how long after its completion a backup is not seen; null: for as long as the trouble lasts.</summary>
    public TimeSpan? Delay { get; init; }

    /// <summary>How many backups or restores it strikes; null for all. Only for PartiallyFailed and Failed.</summary>
    public int? Count { get; init; }

    internal string Words => Message ?? $"{Outcome} was asked for in the sandbox";

    internal bool Fits(string cluster, string name) => (Cluster is null || Cluster == cluster) && (Name is null || Matches(Name, name));

    /// <summary>Whether it keeps an item, such as <c>deployments.apps/shop/web</c>, from being handled.</summary>
    internal bool Strikes(string item) => Outcome == "PartiallyFailed" && Items.Any(pattern => Matches(pattern, item));

    private static bool Matches(string pattern, string text)
        => pattern.EndsWith('*') ? text.StartsWith(pattern[..^1], StringComparison.Ordinal) : pattern == text;
}
