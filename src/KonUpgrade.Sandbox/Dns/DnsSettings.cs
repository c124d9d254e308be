namespace KonUpgrade.Sandbox.Dns;

/// <summary>The simulated Route 53 of the account. All times are times of its own clock.</summary>
public sealed record DnsSettings
{
    /// <summary>Seconds of its clock in one real second; 0: it stands still until it is moved.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>The hosted zones that are there from the beginning.</summary>
    public IReadOnlyList<DnsZone> Zones { get; init; } = [new("sandbox.test")];

    /// <summary>From a change until it is INSYNC on all name servers.</summary>
    public TimeSpan InSyncAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many zones or record sets are listed at once, at most.</summary>
    public int MostInAPage { get; init; } = 300;
}

/// <summary>A hosted zone to be simulated.</summary>
/// <param name="Name">Its name: <c>example.com</c>.</param>
public sealed record DnsZone(string Name)
{
    /// <summary>Its id; null for one that follows from its name and kind.</summary>
    public string? Id { get; init; }

    /// <summary>It answers within networks of the account alone.</summary>
    public bool IsPrivate { get; init; }
}
