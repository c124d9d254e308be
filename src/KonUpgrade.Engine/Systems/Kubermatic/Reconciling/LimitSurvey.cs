using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Reconciling;

/// <summary>A master's configurations with their limits, and its seeds.</summary>
internal sealed class LimitSurvey : IAsyncDisposable
{
    private readonly ClusterConnection _master;
    private readonly KubermaticSeeds _seeds;
    private readonly SeedLoadReader _loads;

    private LimitSurvey(ClusterConnection master, IReadOnlyList<FoundLimit> configurations, KubermaticSeeds seeds, SeedLoadReader loads)
    {
        _master = master;
        _seeds = seeds;
        _loads = loads;
        Configurations = configurations;
    }

    /// <summary>The configurations that are meant.</summary>
    public IReadOnlyList<FoundLimit> Configurations { get; }

    /// <summary>Finds the configurations, and the ways to the seeds.</summary>
    /// <exception cref="UpgradeException">RoleUnknown, NotAMaster, ConfigurationNotFound, HoldStateDamaged, or the master can't be asked.</exception>
    public static async Task<LimitSurvey> OpenAsync(ClusterConnection cluster, ReconcileLimitOptions options, IReporter reporter, CancellationToken cancellationToken)
    {
        var master = await KubermaticMaster.FindAsync(cluster, cancellationToken).ConfigureAwait(false);
        var identity = (await cluster.GetIdentityAsync(cancellationToken).ConfigureAwait(false)).Uid;
        var found = new List<FoundLimit>();
        await foreach (var o in cluster.Client.ListAsync(master.Configurations, new ListOptions { Namespace = options.Namespace }, cancellationToken).ConfigureAwait(false))
        {
            using (o)
            {
                if (options.Name is null || o.Name == options.Name)
                    found.Add(FoundLimit.Read(o, cluster.Context.Name, identity));
            }
        }
        if (found.Count == 0)
            throw new UpgradeException(KubermaticMaster.NoConfiguration(cluster.Context.Name, options.Namespace));
        var seeds = await master.OpenSeedsAsync(options.Connection, reporter, cancellationToken).ConfigureAwait(false);
        return new LimitSurvey(cluster, [.. found.OrderBy(one => one.Limit.ToString(), StringComparer.Ordinal)], seeds, new SeedLoadReader(options.FailingAfter, reporter, options.Connection.Time));
    }

    /// <summary>The limit with the load of its seeds: those in the namespace of its configuration.</summary>
    public async Task<ReconcileLimit> LoadAsync(FoundLimit found, CancellationToken cancellationToken) => found.Limit with
    {
        Seeds = await _loads.ReadAsync(SeedsOf(found), found.Limit.Limit, found.Limit.TargetVersion, cancellationToken).ConfigureAwait(false),
    };

    /// <summary>The seeds that a configuration is for.</summary>
    public IReadOnlyList<SeedCluster> SeedsOf(FoundLimit found) => [.. _seeds.All.Where(seed => seed.Seed.Namespace == found.Limit.Namespace)];

    /// <summary>A configuration as it is now.</summary>
    /// <returns>Null where it is gone, or another one of its name.</returns>
    public async Task<FoundLimit?> LookAgainAsync(FoundLimit found, CancellationToken cancellationToken)
    {
        using var o = await _master.Client.GetAsync(found.Resource, found.Limit.Namespace, found.Limit.Name, cancellationToken).ConfigureAwait(false);
        return o is null || o.Uid != found.Limit.Uid ? null : FoundLimit.Read(o, found.Limit.Context!, found.Limit.ClusterUid);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _seeds.DisposeAsync();
}

/// <summary>A configuration with its limit, before its seeds were looked at.</summary>
/// <param name="Limit">What is known of it.</param>
/// <param name="State">The field.</param>
/// <param name="Resource">What it is.</param>
/// <param name="IsOfFile">Whether kubectl applied it from a file that has the limit: the next apply writes that again.</param>
internal sealed record FoundLimit(ReconcileLimit Limit, LimitState State, ApiResource Resource, bool IsOfFile)
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>Reads a KubermaticConfiguration.</summary>
    /// <exception cref="UpgradeException">HoldStateDamaged.</exception>
    public static FoundLimit Read(KubernetesObject o, string context, string? identity)
    {
        var state = LimitField.Read(o);
        var status = o.Root.Member("status"u8);
        var limit = new ReconcileLimit
        {
            Context = context,
            ClusterUid = identity,
            Namespace = o.Namespace,
            Name = o.Name,
            Uid = o.Uid,
            Configured = state.Configured,
            IsKept = state.IsKept,
            ConfiguredBefore = state.Before,
            TargetVersion = status.Text("kubermaticVersion") is { Length: > 0 } version ? version : null,
            Edition = status.Text("kubermaticEdition") is { Length: > 0 } edition ? edition : null,
            Managers = [.. state.Owners.Select(owner => owner.Manager).Distinct(StringComparer.Ordinal)],
        };
        var resource = new ApiResource { Group = o.Group, Version = o.Version, Kind = o.Kind, Plural = "kubermaticconfigurations", Namespaced = true };
        return new FoundLimit(limit, state, resource, o.Annotation(LastApplied)?.Contains("\"maximumParallelReconciles\"", StringComparison.Ordinal) == true);
    }
}
