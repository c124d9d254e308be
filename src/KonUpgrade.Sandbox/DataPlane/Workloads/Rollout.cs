using KonUpgrade.Sandbox.DataPlane.Caches;

namespace KonUpgrade.Sandbox.DataPlane.Workloads;

/// <summary>A ReplicaSet of a rollout.</summary>
internal sealed class Replicas(ItemView view)
{
    public ItemView View { get; } = view;

    /// <summary>spec.replicas; kept up to date while one step scales several.</summary>
    public long Wanted { get; set; } = Fields.Number(view.Spec, "replicas", 1);

    public long Available { get; } = Fields.Number(view.Status, "availableReplicas", 0);
}

/// <summary>Where a Deployment stands between its ReplicaSets.</summary>
internal sealed class Rollout
{
    public const string Desired = "deployment.kubernetes.io/desired-replicas";
    public const string Most = "deployment.kubernetes.io/max-replicas";

    public Rollout(ItemView deployment, IEnumerable<ItemView> sets)
    {
        Deployment = deployment;
        // Oldest first; names decide between those of one second.
        All = [.. sets.OrderBy(set => set.Created).ThenBy(set => set.Name, StringComparer.Ordinal).Select(set => new Replicas(set))];
        New = All.FirstOrDefault(set => PodTemplates.Same(set.View.Spec["template"], deployment.Spec["template"], DeploymentController.HashLabel));
        Old = [.. All.Where(set => set != New)];
        Replicas = Fields.Number(deployment.Spec, "replicas", 1);
        var strategy = Fields.Object(deployment.Spec, "strategy");
        Recreate = Fields.Text(strategy, "type") == "Recreate";
        var rolling = Fields.Object(strategy, "rollingUpdate");
        MaxSurge = Recreate ? 0 : Fields.Share(rolling["maxSurge"], Replicas, roundUp: true) ?? Fields.Share("25%", Replicas, roundUp: true)!.Value;
        MaxUnavailable = Recreate ? 0 : Math.Min(Replicas, Fields.Share(rolling["maxUnavailable"], Replicas, roundUp: false) ?? Fields.Share("25%", Replicas, roundUp: false)!.Value);
        // With neither nothing would ever move.
        if (!Recreate && MaxSurge == 0 && MaxUnavailable == 0) MaxUnavailable = 1;
        LastRevision = Old.Select(set => long.TryParse(set.View.Annotation(DeploymentController.Revision), out long revision) ? revision : 0).DefaultIfEmpty(0).Max();
    }

    public ItemView Deployment { get; }

    public IReadOnlyList<Replicas> All { get; }

    /// <summary>The one of the present template; null until it is made.</summary>
    public Replicas? New { get; }

    public IReadOnlyList<Replicas> Old { get; }

    public long Replicas { get; }

    public bool Recreate { get; }

    public long MaxSurge { get; }

    public long MaxUnavailable { get; }

    /// <summary>The highest revision of the old ones; 0 when there are none.</summary>
    public long LastRevision { get; }

    /// <summary>How many the new one begins with.</summary>
    public long FirstOfNew() => Recreate ? Replicas : Growth(0);

    /// <summary>How many more the new one may have now.</summary>
    public long Growth(long has)
    {
        long room = Replicas + MaxSurge - All.Sum(set => set.Wanted);
        return room <= 0 ? 0 : Math.Max(0, Math.Min(room, Replicas - has));
    }
}
