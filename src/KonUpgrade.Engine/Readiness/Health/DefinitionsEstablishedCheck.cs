using KonUpgrade.Engine.Readiness.Surveys;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Readiness.Health;

/// <summary>Every CustomResourceDefinition is served under its names, with a schema that the server keeps to.</summary>
internal sealed class DefinitionsEstablishedCheck : IReadinessCheck<ClusterSurvey>
{
    public ReadinessRule Rule { get; } = new()
    {
        Id = "DefinitionsEstablished",
        Title = "Every CustomResourceDefinition is established",
        Category = ReadinessCategory.Api,
        Severity = ReadinessSeverity.Blocking,
        Remedy = "Look at the definition's conditions: two definitions may want the same names, or something keeps it from being deleted.",
        Documentation = "https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/",
        IsClusterWide = true,
    };

    public async Task<ReadinessOutcome> RunAsync(ClusterSurvey subject, CancellationToken cancellationToken)
    {
        var definitions = await subject.ReadAsync(StatusFact.Definitions, cancellationToken).ConfigureAwait(false);
        return ReadinessOutcome.Of(definitions.Count, "definition", [.. definitions.SelectMany(Look)]);
    }

    private static IEnumerable<ReadinessFinding> Look(StatusFact definition)
    {
        if (definition.DeletedAt is { } deleted)
        {
            yield return definition.Finding("it is being deleted, and its objects with it", since: deleted);
            yield break;
        }
        foreach (var type in (string[])["Established", "NamesAccepted"])
        {
            if (definition.Find(type) is not { IsTrue: true })
                yield return definition.Finding(definition.Find(type) is { } why ? $"{type} is {why.Status}: {why.Why}" : $"it is not {type} yet", since: definition.Find(type)?.Since);
        }
        if (definition.Find("NonStructuralSchema") is { IsTrue: true } loose)
            yield return definition.Finding($"its schema is not structural: {loose.Why}", ReadinessSeverity.Advisory, loose.Since, "apiextensions.k8s.io/v1 takes structural schemas alone: mend the definition.");
    }
}
