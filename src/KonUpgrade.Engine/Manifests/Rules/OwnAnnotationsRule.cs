using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Manifests.Rules;

/// <summary>Drops labels and annotations of KonUpgrade's own (<c>konupgrade.dev/…</c>): they say what is held on this cluster.</summary>
internal sealed class OwnAnnotationsRule : IManifestRule
{
    /// <summary>The prefix of KonUpgrade's own labels and annotations.</summary>
    public const string Prefix = "konupgrade.dev/";

    public string Name => "OwnAnnotations";

    public bool AppliesTo(string group, string kind) => true;

    public void Apply(KubernetesObject o, RuleOutcome outcome)
    {
        // Most objects have none: looking for the bytes is much cheaper than reading every key.
        if (o.Json.Span.IndexOf("\"konupgrade.dev/"u8) < 0)
            return;
        Drop(o.Metadata.Member("annotations"u8), "annotations", outcome);
        Drop(o.Metadata.Member("labels"u8), "labels", outcome);
    }

    private static void Drop(JsonPart map, string field, RuleOutcome outcome)
    {
        if (map.ValueKind != JsonValueKind.Object)
            return;
        foreach (var member in map.EnumerateObject())
        {
            if (member.Name.StartsWith(Prefix, StringComparison.Ordinal))
                outcome.Drop(FieldPath.Of("metadata", field, member.Name));
        }
    }
}
