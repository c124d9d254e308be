using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Systems.Kubermatic;

/// <summary>A condition of a Seed or a Cluster. Kubermatic keeps them as a mapping by their type, not as a list.</summary>
/// <param name="IsTrue">Whether its status is True.</param>
internal sealed record KubermaticCondition(bool IsTrue)
{
    /// <summary>The version of the controller that last wrote it; null on Seeds, which have none.</summary>
    public string? Version { get; init; }

    /// <summary>When its status last changed; null where it does not say so.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Why, in one word.</summary>
    public string? Reason { get; init; }

    /// <summary>Why, in more words.</summary>
    public string? Message { get; init; }

    /// <summary>Reason and message, as far as there are any; empty where there is neither.</summary>
    public string Why => string.Join(": ", new[] { Reason, Message }.Where(text => text is { Length: > 0 }));

    /// <summary>All conditions of an object, by their type.</summary>
    /// <param name="conditions">The mapping.</param>
    public static IReadOnlyDictionary<string, KubermaticCondition> All(JsonPart conditions)
    {
        var all = new Dictionary<string, KubermaticCondition>(StringComparer.Ordinal);
        if (conditions.ValueKind != JsonValueKind.Object)
            return all;
        foreach (var condition in conditions.EnumerateObject())
            all[condition.Name] = Read(condition.Value);
        return all;
    }

    private static KubermaticCondition Read(JsonPart condition) => new(condition.Text("status") == "True")
    {
        Version = condition.Text("kubermaticVersion"),
        Since = condition.Time("lastTransitionTime"),
        Reason = condition.Text("reason"),
        Message = condition.Text("message"),
    };
}
