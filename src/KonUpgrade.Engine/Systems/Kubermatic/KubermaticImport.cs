using System.Text.Json;
using KonUpgrade.Engine.Configuration.Systems;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic;

/// <summary>
/// Kubermatic's objects on their way into another cluster. An export of a master goes into a master and one of a seed
/// into a seed; a cluster that has no Kubermatic yet may become either. Clusters arrive paused, since the seed that they
/// come from still reconciles them.
/// </summary>
internal sealed class KubermaticImport : IImportHook
{
    // What a master writes on all its seeds: on a seed it comes from there, and what is written beside it is taken away again.
    private static readonly HashSet<string> s_synchronised = new(StringComparer.Ordinal)
    {
        "ClusterBackupStorageLocation", "ClusterTemplate", "ConstraintTemplate", "GroupProjectBinding", "KubermaticConfiguration", "PolicyTemplate",
        "Preset", "Project", "ResourceQuota", "Seed", "User", "UserProjectBinding", "UserSSHKey",
    };

    private bool _intoSeed;
    private bool _held;
    private bool _hasSeeds;
    private string _master = "";
    private IReadOnlyList<string>? _running;

    /// <inheritdoc/>
    public bool Concerns(string group, string kind) => group == KubermaticRole.Group
        ? kind == "Cluster" || s_synchronised.Contains(kind)
        : (group, kind) is ("apps.kubermatic.k8c.io", "ApplicationDefinition");

    /// <inheritdoc/>
    public void Inspect(KubernetesObject o) => _hasSeeds |= o.Kind == "Seed";

    /// <inheritdoc/>
    public int RankOf(ObjectKey key) => 0;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ImportAddition>> PrepareAsync(ImportHookContext context, CancellationToken cancellationToken)
    {
        _held = (context.Hold & WorkloadClass.Scheduled) != 0;
        var target = KubermaticRole.Of(context.Catalog);
        if (context.Export is { Role: { } role } export && target is not null && target != role)
            throw new UpgradeException(OtherRole(export, context.Target.Target, target));
        // A target that is a seed has a master of its own, whatever the objects are of.
        _intoSeed = (context.Export?.Role ?? target) == KubermaticRole.Seed;
        if (context.Export?.Role is null)
            context.Reporter.Warning($"What is imported does not tell whether it is of a master or of a seed, so nobody can say that it fits {context.Target.Target}, which {(target is null ? "has no Kubermatic yet" : $"is a {target}")}.");
        _master = context.Export?.Context ?? "the master that was exported";
        // A Seed that is not allowed waits, whoever works.
        if (_hasSeeds && !_intoSeed && OutwardRules.Allows(context.AllowOutward, KubermaticRole.Group, "Seed"))
            _running = await MasterLife.RunningAsync(context.Source, context.Reporter, cancellationToken).ConfigureAwait(false);
        return [];
    }

    /// <inheritdoc/>
    public ImportVerdict Judge(KubernetesObject o)
    {
        if (_intoSeed && (s_synchronised.Contains(o.Kind) || o.Kind == "ApplicationDefinition"))
            return ImportVerdict.Skip("Its master writes it on every seed.");
        if (o.Kind == "Seed")
            return JudgeSeed(o);
        return o.Kind == "Cluster" && !_held && !IsPaused(o) ? ImportVerdict.Fail(NotPaused(o, "would arrive")) : ImportVerdict.Write;
    }

    /// <inheritdoc/>
    public ImportVerdict JudgeExisting(KubernetesObject imported, KubernetesObject live) =>
        imported.Kind == "Cluster" && !IsPaused(live) ? ImportVerdict.Fail(NotPaused(live, "is there already, and it is")) : ImportVerdict.Write;

    /// <inheritdoc/>
    public void Finished(ObjectKey key, ClusterConfigChange change)
    {
    }

    // Two masters that know one seed take turns to undo each other's work on it.
    private ImportVerdict JudgeSeed(KubernetesObject seed) => _running switch
    {
        null => ImportVerdict.Write with { Note = $"Nobody could look whether {_master} has stopped: only one master may know a seed." },
        [] => ImportVerdict.Write,
        var running => ImportVerdict.Fail(new Failure
        {
            Id = "SecondMaster",
            Kind = FailureKind.Refused,
            Message = $"{_master} still works ({string.Join(", ", running)}): with the Seed {seed.Name} on the target too, two masters would reconcile one seed.",
            Recommendation = $"Scale these Deployments of {_master} to 0 (Suspend-ClusterWorkload), and import again.",
            Target = seed.ToString(),
        }),
    };

    private static bool IsPaused(KubernetesObject cluster) => cluster.Root.Member("spec"u8).Member("pause"u8).ValueKind == JsonValueKind.True;

    private static Failure NotPaused(KubernetesObject cluster, string how) => new()
    {
        Id = "ClusterNotPaused",
        Kind = FailureKind.Refused,
        Message = $"The Cluster {cluster.Name} {how} without spec.pause: two seeds would reconcile it at the same time.",
        Recommendation = "Import it held (-Hold Scheduled), or pause it first (Suspend-ClusterWorkload, kubectl patch), and release it when the other seed has let go of it.",
        Target = cluster.ToString(),
    };

    private static Failure OtherRole(ClusterConfigExport export, string target, string role) => new()
    {
        Id = "OtherRole",
        Kind = FailureKind.Refused,
        Message = $"The export in {export.Path} is of a {export.Role}, and {target} is a {role}.",
        Recommendation = "Import the export of the master into the new master, and that of each seed into its new seed.",
        Target = export.Path,
    };
}
