using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Readiness.Deprecations.Judging;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Deprecations.Files;

/// <summary>Judges heads of manifests. Any number of threads may ask, each with an outcome of its own.</summary>
internal sealed class HeadJudge(ApiJudge judge, FindingFilter filter)
{
    private const string Definition = "CustomResourceDefinition";

    /// <summary>Takes one object.</summary>
    /// <returns>The finding, without its place; null where nothing is to be said of it.</returns>
    public DeprecatedApi? Judge(in ManifestHead head, FileOutcome outcome)
    {
        if (!filter.IsEverything && !filter.Includes(head.ApiVersion, head.Kind, head.Namespace))
            return null;
        if (judge.Of(head.ApiVersion, head.Kind) is { } verdict)
        {
            Learn(head, outcome);
            return Findings.Of(verdict, judge.Target.Name, head.ApiVersion, head.Kind, DeprecatedApiEvidence.Manifest) with
            {
                Namespace = head.Namespace,
                Name = head.Name.Length > 0 ? head.Name : null,
                Line = head.Line,
            };
        }

        Learn(head, outcome);
        if (judge.IsUnknownCustom(head.ApiVersion, head.Kind))
            outcome.UnknownCustom.Add((ApiResource.GroupOf(head.ApiVersion), head.Kind));
        return null;
    }

    // The name of a definition is the plural and the group: what it defines may be on its way to the target.
    private static void Learn(in ManifestHead head, FileOutcome outcome)
    {
        if (head.Kind == Definition && head.Name.IndexOf('.', StringComparison.Ordinal) is > 0 and var dot)
            outcome.DefinedGroups.Add(head.Name[(dot + 1)..]);
    }
}
