using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>A CronJob.</summary>
internal sealed record CronJobFact : ObjectFact
{
    private CronJobFact(KubernetesObject o)
        : base(o)
    {
        var spec = o.Root.Member("spec"u8);
        var pod = spec.Member("jobTemplate"u8).Member("spec"u8).Member("template"u8).Member("spec"u8);
        IsSuspended = spec.Member("suspend"u8).ValueKind == System.Text.Json.JsonValueKind.True;
        Claims = [.. pod.Objects("volumes").Select(volume => volume.Member("persistentVolumeClaim"u8).Text("claimName")).OfType<string>()];
    }

    public static FactKind<CronJobFact> All { get; } = FactKind<CronJobFact>.Of("batch", "CronJob", static o => new CronJobFact(o));

    /// <summary>Whether it makes no Jobs.</summary>
    public bool IsSuspended { get; }

    /// <summary>The claims whose volumes its pods mount.</summary>
    public IReadOnlyList<string> Claims { get; }
}
