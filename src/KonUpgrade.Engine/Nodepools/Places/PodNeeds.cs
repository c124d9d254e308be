using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Nodepools.Places;

/// <summary>What a pod needs of a node.</summary>
internal sealed record PodNeeds
{
    public required IReadOnlyDictionary<string, decimal> Requests { get; init; }

    public required IReadOnlyDictionary<string, string> NodeSelector { get; init; }

    public required IReadOnlyList<NodeTerm>? Affinity { get; init; }

    public required IReadOnlyList<Toleration> Tolerations { get; init; }

    /// <summary>What the scheduler looks at as well, and we do not.</summary>
    public required IReadOnlyList<string> More { get; init; }

    /// <summary>Whether no taint keeps it off a node.</summary>
    public bool ToleratesAll => Tolerations.Any(toleration => toleration.IsOfAll);

    public static PodNeeds Of(JsonPart spec) => new()
    {
        Requests = PodRequests.Of(spec),
        NodeSelector = Texts(spec.Member("nodeSelector"u8)),
        Affinity = NodeTerm.All(spec),
        Tolerations = Toleration.All(spec),
        More = [.. MoreOf(spec)],
    };

    /// <summary>The members of an object that are strings.</summary>
    public static IReadOnlyDictionary<string, string> Texts(JsonPart part)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if (part.ValueKind != JsonValueKind.Object)
            return found;
        foreach (var member in part.EnumerateObject())
        {
            if (member.Value.Text() is { } text)
                found[member.Name] = text;
        }
        return found;
    }

    private static IEnumerable<string> MoreOf(JsonPart spec)
    {
        var affinity = spec.Member("affinity"u8);
        if (affinity.Member("podAntiAffinity"u8).Elements("requiredDuringSchedulingIgnoredDuringExecution").Any())
            yield return "pods that it may not be beside";
        if (affinity.Member("podAffinity"u8).Elements("requiredDuringSchedulingIgnoredDuringExecution").Any())
            yield return "pods that it must be beside";
        if (spec.Objects("topologySpreadConstraints").Any(constraint => constraint.Text("whenUnsatisfiable") != "ScheduleAnyway"))
            yield return "how its pods are spread";
        if (spec.Objects("volumes").Any(volume => volume.Member("persistentVolumeClaim"u8).ValueKind == JsonValueKind.Object
            || volume.Member("ephemeral"u8).ValueKind == JsonValueKind.Object))
            yield return "where its volumes can be attached";
        if (spec.Objects("containers").Any(container => container.Objects("ports").Any(port => port.Member("hostPort"u8) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value) && value > 0)))
            yield return "ports of the node";
        if (spec.Elements("resourceClaims").Any())
            yield return "devices that it claims";
        if (spec.Text("schedulerName") is { Length: > 0 } scheduler && scheduler != "default-scheduler")
            yield return $"what its own scheduler {scheduler} thinks of it";
    }
}
