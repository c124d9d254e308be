using System.Globalization;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness;
using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Engine.Workloads;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Konstellation.Health;

/// <summary>
/// Every target of an App runs the release that it should, with as many instances as are wanted; one that is halted
/// (<c>deployMode: halt</c>) is meant to run nothing.
/// </summary>
internal sealed class AppTargetsRunningCheck : IReadinessCheck<ClusterSurvey>
{
    private const string Group = "k11n.dev";
    private const string Halt = "halt";

    public ReadinessRule Rule { get; } = new()
    {
        Id = "AppTargetsRunning",
        Title = "Every target of an App runs the release that it should",
        Category = ReadinessCategory.System,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Look at the target's releases and their pods (kon app status).",
        Documentation = "https://k11n.dev/docs/",
        IsClusterWide = true,
    };

    public async Task<ReadinessOutcome> RunAsync(ClusterSurvey subject, CancellationToken cancellationToken)
    {
        var targets = await subject.ReadAsync(AppTargetFact.All, cancellationToken).ConfigureAwait(false);
        // Who halts what we hold are we.
        var held = targets.Any(target => target.DeployMode == Halt)
            ? (await subject.ReadAsync(s_heldApps, cancellationToken).ConfigureAwait(false)).Select(app => app.Name).ToHashSet(StringComparer.Ordinal)
            : [];
        return ReadinessOutcome.Of(targets.Count, "AppTarget", [.. targets.Select(target => Look(target, held)).OfType<ReadinessFinding>()]);
    }

    private static readonly FactKind<ObjectFact> s_heldApps = FactKind<ObjectFact>.Of(Group, "App", static o => WorkloadHold.IsHeld(o) ? new ObjectFact(o) : null);

    private static ReadinessFinding? Look(AppTargetFact target, HashSet<string> held) => target switch
    {
        { DeletedAt: not null } => null,
        { DeployMode: Halt } => held.Contains(target.App)
            ? target.Finding($"it is halted, since App {target.App} is held", ReadinessSeverity.Advisory, remedy: "Release it when it should run (Resume-ClusterWorkload).")
            : null,
        { Phase: not "running" } => target.Finding(target.Phase.Length == 0 ? "the operator has not looked at it" : $"its phase is {target.Phase}"),
        { ActiveRelease: "" } => target.Finding("no release of it is active"),
        _ when target.ActiveRelease != target.TargetRelease => target.Finding($"it runs {target.ActiveRelease}, and should run {(target.TargetRelease.Length == 0 ? "nothing" : target.TargetRelease)}"),
        _ when target.Available < target.Desired => target.Finding(string.Create(CultureInfo.InvariantCulture, $"{target.Available} of {target.Desired} instances are available")),
        _ when target.Desired < target.Least => target.Finding(string.Create(CultureInfo.InvariantCulture, $"{target.Desired} instances are wanted, and {target.Least} is the least")),
        _ => null,
    };

    private sealed record AppTargetFact : ObjectFact
    {
        private AppTargetFact(KubernetesObject o)
            : base(o)
        {
            var spec = o.Root.Member("spec"u8);
            var status = o.Root.Member("status"u8);
            App = spec.Text("app") ?? "";
            DeployMode = spec.Text("deployMode") ?? "";
            Phase = status.Text("phase") ?? "";
            ActiveRelease = status.Text("activeRelease") ?? "";
            TargetRelease = status.Text("targetRelease") ?? "";
            Available = status.Number("numAvailable") ?? 0;
            Desired = status.Number("numDesired") ?? 0;
            Least = spec.Member("scale"u8).Number("min") ?? 0;
        }

        public static FactKind<AppTargetFact> All { get; } = FactKind<AppTargetFact>.Of(Group, "AppTarget", static o => new AppTargetFact(o));

        public string App { get; }

        public string DeployMode { get; }

        public string Phase { get; }

        public string ActiveRelease { get; }

        public string TargetRelease { get; }

        public long Available { get; }

        public long Desired { get; }

        public long Least { get; }
    }
}
