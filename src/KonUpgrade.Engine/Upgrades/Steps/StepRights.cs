using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Upgrades.Running;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Steps;

/// <summary>The rights that steps need, as far as they follow from the system, the selection and what the clusters serve.</summary>
internal static class StepRights
{
    // What a login is rarely given, and an import rarely needs: where it does, it says so for the one object.
    private static readonly HashSet<string> s_rare = new(StringComparer.Ordinal) { "Node", "Event", "Endpoints", "EndpointSlice", "Lease", "Pod", "ReplicaSet", "ControllerRevision" };

    /// <summary>To list what is exported.</summary>
    public static async Task<IReadOnlyList<NeededRight>> ToExportAsync(StepRun run, UpgradeSide side, CancellationToken cancellationToken) =>
        [.. (await KindsAsync(run, run.Session.Of(side), "list", cancellationToken).ConfigureAwait(false)).Select(kind => new NeededRight(side, "list", kind))];

    /// <summary>To create on green what blue may have, and to put right who owns it.</summary>
    public static async Task<IReadOnlyList<NeededRight>> ToImportAsync(StepRun run, CancellationToken cancellationToken)
    {
        var blue = await KindsAsync(run, run.Session.Blue, "list", cancellationToken).ConfigureAwait(false);
        var there = blue.Select(kind => (kind.Group, kind.Kind)).ToHashSet();
        var green = await KindsAsync(run, run.Green, "create", cancellationToken).ConfigureAwait(false);
        return
        [
            .. green.Where(kind => there.Contains((kind.Group, kind.Kind)))
                .SelectMany(kind => new[] { new NeededRight(UpgradeSide.Green, "create", kind), new NeededRight(UpgradeSide.Green, "patch", kind) }),
        ];
    }

    /// <summary>To find on green what was moved, and to delete it; what claims belong to is not.</summary>
    public static async Task<IReadOnlyList<NeededRight>> ToRemoveAsync(StepRun run, CancellationToken cancellationToken) =>
    [
        new NeededRight(UpgradeSide.Green, "list", CoreResources.Claims),
        .. (await KindsAsync(run, run.Green, "delete", cancellationToken).ConfigureAwait(false))
            .Where(kind => kind is not ({ Group: "", Kind: "Namespace" or "PersistentVolume" or "PersistentVolumeClaim" } or { Group: "apiextensions.k8s.io" }))
            .SelectMany(kind => new[] { new NeededRight(UpgradeSide.Green, "list", kind), new NeededRight(UpgradeSide.Green, "delete", kind) }),
    ];

    /// <summary>To look at workloads and to change them.</summary>
    public static async Task<IReadOnlyList<NeededRight>> ToHoldAsync(StepRun run, UpgradeSide side, WorkloadClass classes, CancellationToken cancellationToken)
    {
        var kinds = await HeldAsync(run, side, classes, cancellationToken).ConfigureAwait(false);
        return [.. kinds.SelectMany(kind => new[] { new NeededRight(side, "list", kind.Resource), new NeededRight(side, "patch", kind.Resource) })];
    }

    /// <summary>To see what held workloads have begun, and whether it has ended.</summary>
    public static async Task<IReadOnlyList<NeededRight>> ToWaitAsync(StepRun run, UpgradeSide side, WorkloadClass classes, CancellationToken cancellationToken)
    {
        var kinds = await HeldAsync(run, side, classes, cancellationToken).ConfigureAwait(false);
        var served = await run.Session.Of(side).Client.KnownCatalogAsync(cancellationToken).ConfigureAwait(false);
        return [.. RunningWork.Needed([.. kinds.Select(kind => kind.Means)], served).Select(kind => new NeededRight(side, "list", kind))];
    }

    private static async Task<IReadOnlyList<(ApiResource Resource, HoldMeans Means)>> HeldAsync(StepRun run, UpgradeSide side, WorkloadClass classes, CancellationToken cancellationToken)
    {
        var means = HoldRules.Own(run.Session.System.Description).Where(m => (m.Class & classes) != 0 && !s_rare.Contains(m.Kind)).ToDictionary(m => (m.Group, m.Kind));
        var kinds = await KindsAsync(run, run.Session.Of(side), "patch", cancellationToken).ConfigureAwait(false);
        return [.. kinds.Where(kind => means.ContainsKey((kind.Group, kind.Kind))).Select(kind => (kind, means[(kind.Group, kind.Kind)]))];
    }

    private static async Task<IReadOnlyList<ApiResource>> KindsAsync(StepRun run, ClusterConnection cluster, string verb, CancellationToken cancellationToken)
    {
        var served = await cluster.Client.KnownCatalogAsync(cancellationToken).ConfigureAwait(false);
        return [.. served.Resources.Where(kind => kind.Verbs.Contains(verb) && !s_rare.Contains(kind.Kind) && IsMoved(run, kind, served))];
    }

    /// <summary>Whether objects of a kind are moved at all.</summary>
    /// <param name="run">The step.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="served">What its cluster serves.</param>
    public static bool IsMoved(StepRun run, ApiResource kind, ApiCatalog served)
    {
        var system = run.Session.System.Description;
        var selection = run.Plan.Selection;
        return served.FindPreferred(kind.Group, kind.Kind) == kind
            && system.Export.HasKind(kind.Group, kind.Kind, kind.Namespaced)
            && !system.Export.LeaveOut.Any(rule => rule.ByKind && KindPattern.Matches(rule.Kinds, kind.Group, kind.Kind))
            && (run.Plan.Secret != SecretHandling.Skip || kind is not { Group: "", Kind: "Secret" })
            && (selection.Kind.Count == 0 || selection.Kind.SelectMany(served.Match).Any(r => (r.Group, r.Kind) == (kind.Group, kind.Kind)))
            && (selection.Group.Count == 0 || selection.Group.Any(group => ApiGroup.Of(group) == kind.Group))
            // Where namespaces are named, what has none is not moved, but for the namespaces themselves.
            && (selection.Namespace.Count == 0 || kind.Namespaced);
    }
}
