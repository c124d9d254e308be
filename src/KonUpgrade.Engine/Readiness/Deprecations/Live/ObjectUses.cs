using System.Text;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness.Deprecations.Files;
using KonUpgrade.Engine.Readiness.Deprecations.Judging;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Deprecations.Live;

/// <summary>A version in which somebody wrote an object.</summary>
internal sealed record ObjectUse(ApiVerdict Verdict, string ApiVersion, string Kind, DeprecatedApiEvidence Evidence, string Client, DateTimeOffset? Time);

/// <summary>
/// In which versions an object was written, by what its metadata tells. What was fixed goes away: a manager that has
/// written the object since in a version of which nothing is to be said works in that one; an annotation of kubectl apply
/// counts no more where somebody has applied the object since in such a version.
/// </summary>
internal static class ObjectUses
{
    private const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>The uses that an object's metadata shows; first those of its managers, then that of the annotation.</summary>
    /// <param name="o">The object, or its metadata alone.</param>
    /// <param name="kind">The object's kind.</param>
    /// <param name="judge">Judges the versions.</param>
    public static List<ObjectUse> Of(KubernetesObject o, string kind, ApiJudge judge)
    {
        var uses = new List<ObjectUse>();
        var entries = WrittenFields.Of(o);
        foreach (var entry in entries)
        {
            if (entry.IsOfKubernetes || judge.Of(entry.ApiVersion, kind) is not { } verdict)
                continue;
            var isFixed = entries.Exists(other => other.Manager == entry.Manager && judge.Of(other.ApiVersion, kind) is null && other.IsSince(entry));
            // One manager may have several entries: the status, and the rest.
            var at = uses.FindIndex(use => use.Client == entry.Manager && use.ApiVersion == entry.ApiVersion);
            if (isFixed)
                continue;
            if (at < 0)
                uses.Add(new ObjectUse(verdict, entry.ApiVersion, kind, DeprecatedApiEvidence.ManagedFields, entry.Manager, entry.Time));
            else if (entry.Time > uses[at].Time)
                uses[at] = uses[at] with { Time = entry.Time };
        }

        if (o.Annotation(LastApplied) is { } applied && Annotated(applied, kind, entries, judge) is { } annotated && !uses.Exists(use => use.ApiVersion == annotated.ApiVersion && use.Client == annotated.Client))
            uses.Add(annotated);
        return uses;
    }

    private static ObjectUse? Annotated(string applied, string written, List<WrittenFields> entries, ApiJudge judge)
    {
        var heads = new List<ManifestHead>();
        if (!JsonHeads.TryRead(Encoding.UTF8.GetBytes(applied), heads) || heads is not [var head] || head.ApiVersion.Length == 0)
            return null;
        var kind = head.Kind.Length > 0 ? head.Kind : written;
        if (judge.Of(head.ApiVersion, kind) is not { } verdict)
            return null;
        var own = entries.Find(entry => entry.Manager == WrittenFields.ClientSideApply && entry.ApiVersion == head.ApiVersion);
        return entries.Exists(entry => (entry.IsApply || entry.Manager == WrittenFields.ClientSideApply) && judge.Of(entry.ApiVersion, written) is null && (own is null || entry.IsSince(own)))
            ? null
            : new ObjectUse(verdict, head.ApiVersion, kind, DeprecatedApiEvidence.LastApplied, WrittenFields.ClientSideApply, own?.Time);
    }
}
