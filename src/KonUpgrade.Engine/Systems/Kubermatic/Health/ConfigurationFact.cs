using System.Text.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Systems.Kubermatic.Reconciling;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Kubermatic.Health;

/// <summary>What checks want to know of a KubermaticConfiguration.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
internal sealed record ConfigurationFact(string Namespace, string Name)
{
    /// <summary>The version that the operator has reconciled; null where it has not said so.</summary>
    public string? Version { get; init; }

    /// <summary>The edition; null where the operator has not said so.</summary>
    public string? Edition { get; init; }

    /// <summary>How many clusters a seed works on at the same time.</summary>
    public int Limit { get; init; }

    /// <summary>The versions of Kubernetes that are offered; empty where the release's own are.</summary>
    public IReadOnlyList<string> Offered { get; init; } = [];

    /// <summary>The ranges from which clusters are updated by themselves; null where the release's own hold.</summary>
    public IReadOnlyList<string>? AutomaticFrom { get; init; }

    /// <summary>Reads one.</summary>
    public static ConfigurationFact Read(KubernetesObject o)
    {
        var spec = o.Root.Member("spec"u8);
        var versions = spec.Member("versions"u8);
        var status = o.Root.Member("status"u8);
        return new ConfigurationFact(o.Namespace ?? "", o.Name)
        {
            Version = status.Text("kubermaticVersion") is { Length: > 0 } version ? version : null,
            Edition = status.Text("kubermaticEdition") is { Length: > 0 } edition ? edition : null,
            Limit = LimitField.Read(o).Limit,
            Offered = [.. versions.Texts("versions")],
            AutomaticFrom = versions.Member("updates"u8).ValueKind != JsonValueKind.Array ? null
                : [.. versions.Objects("updates").Where(rule => rule.Member("automatic"u8).ValueKind == JsonValueKind.True).Select(rule => rule.Text("from") ?? "")],
        };
    }

    /// <summary>A finding about it.</summary>
    public ReadinessFinding Finding(string message, ReadinessSeverity severity = ReadinessSeverity.Blocking, string? remedy = null) =>
        KubermaticFinding.Of("KubermaticConfiguration", Namespace, Name, seed: null, message, severity, remedy);
}
