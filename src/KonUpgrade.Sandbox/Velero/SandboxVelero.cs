using KonUpgrade.Sandbox.Velero.Server;

namespace KonUpgrade.Sandbox.Velero;

/// <summary>
/// The Velero servers of the sandbox's clusters, and what no client of theirs can do: a clock that moves, troubles, a look
/// into the object storage.
/// </summary>
public sealed class SandboxVelero
{
    private readonly VeleroRegion _region;

    internal SandboxVelero(VeleroRegion region) => _region = region;

    /// <summary>How they work; can be changed while they do.</summary>
    public VeleroSettings Settings
    {
        get => _region.Settings;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _region.Settings = value;
        }
    }

    /// <summary>What their clock shows.</summary>
    public DateTimeOffset Now => _region.Now;

    /// <summary>Where the object storage is served, which the URLs of downloads lead to.</summary>
    public Uri StorageUri => _region.StorageUri;

    /// <summary>The clusters that have one, with what it was installed as.</summary>
    public IReadOnlyDictionary<string, VeleroInstallation> Installations
        => _region.Servers.ToDictionary(server => server.Cluster.Name, server => server.Installation, StringComparer.Ordinal);

    /// <summary>Moves their clock on; completes when all that falls into that time has happened, each at its moment.</summary>
    /// <param name="by">How far.</param>
    /// <param name="cancellationToken">Ends the wait; the clock goes on.</param>
    public Task AdvanceAsync(TimeSpan by, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        return _region.Loop.AdvanceAsync(by).WaitAsync(cancellationToken);
    }

    /// <summary>Completes when nothing is left to do at this moment of their clock.</summary>
    public Task SettleAsync(CancellationToken cancellationToken = default) => _region.Loop.SettleAsync().WaitAsync(cancellationToken);

    /// <summary>Ends a cluster's server and starts it anew: what it was at work at has failed.</summary>
    /// <exception cref="SandboxException">The cluster has none.</exception>
    public void Restart(string cluster)
    {
        VeleroServer server = _region.Servers.FirstOrDefault(server => server.Cluster.Name == cluster)
            ?? throw new SandboxException($"The cluster '{cluster}' has no Velero.");
        _region.Loop.Post(server.Restart);
    }

    /// <summary>The names of the files in a bucket, in their order; empty for one that is not there.</summary>
    public IReadOnlyList<string> Files(string bucket) => _region.Storage.Find(bucket)?.Keys() ?? [];

    /// <summary>Lets something go wrong; gives the id to take it away with.</summary>
    /// <exception cref="SandboxException">There is no such outcome.</exception>
    public string AddTrouble(VeleroTrouble trouble)
    {
        ArgumentNullException.ThrowIfNull(trouble);
        string id = _region.Troubles.Add(trouble);
        _region.Loop.Post(LookAtLocations);
        return id;
    }

    /// <summary>Takes a trouble away; false when there is none with this id.</summary>
    public bool RemoveTrouble(string id)
    {
        bool removed = _region.Troubles.Remove(id);
        _region.Loop.Post(LookAtLocations);
        return removed;
    }

    /// <summary>Takes all troubles away.</summary>
    public void ClearTroubles()
    {
        _region.Troubles.Clear();
        _region.Loop.Post(LookAtLocations);
    }

    /// <summary>The troubles there are, with their ids and how many backups or restores each has struck.</summary>
    public IReadOnlyList<(string Id, VeleroTrouble Trouble, int Struck)> Troubles() => _region.Troubles.List();

    // Whether a location can be reached shows at once: who asks for it should not wait for the next validation.
    private void LookAtLocations()
    {
        foreach (VeleroServer server in _region.Servers) server.LookAtLocations();
    }
}
