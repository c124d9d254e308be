namespace KonUpgrade.Model;

/// <summary>
/// One piece of evidence that an API version is in use which the target does not serve, or whose end is known. Versions
/// of Kubernetes are written <c>1.25</c>.
/// </summary>
public sealed record DeprecatedApi
{
    /// <summary>How soon it is a trouble.</summary>
    public required DeprecatedApiSeverity Severity { get; init; }

    /// <summary>The group and version in use: <c>policy/v1beta1</c>.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The kind; the resource's plural name where evidence names that alone and nothing tells its kind.</summary>
    public required string Kind { get; init; }

    /// <summary>The object's namespace; null for an object without one, and where the evidence is of no single object.</summary>
    public string? Namespace { get; init; }

    /// <summary>The object's name; null where the evidence is of no single object, or a file leaves it to be made.</summary>
    public string? Name { get; init; }

    /// <summary>The version of Kubernetes that deprecates it; null where nobody told.</summary>
    public string? DeprecatedIn { get; init; }

    /// <summary>The first version of Kubernetes that does not serve it; null where nobody told.</summary>
    public string? RemovedIn { get; init; }

    /// <summary>The best group and version that the target serves instead; null where it serves none.</summary>
    public string? Replacement { get; init; }

    /// <summary>What the newest replacement takes to mean something else, or wants besides; null for nothing.</summary>
    public string? Change { get; init; }

    /// <summary>Whether Convert-ClusterConfig brings a manifest of it into the replacement, for a target that has only that.</summary>
    public bool Convertible { get; init; }

    /// <summary>What to do.</summary>
    public required string Remedy { get; init; }

    /// <summary>What shows that it is in use.</summary>
    public required DeprecatedApiEvidence Evidence { get; init; }

    /// <summary>Who uses it: a field manager, a user agent, a Helm release; null where the evidence does not tell.</summary>
    public string? Client { get; init; }

    /// <summary>When it was last used, as far as the evidence tells: the last request, write or deployment. Null where it does not.</summary>
    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>The time since when the evidence was gathered: <see cref="Requests"/> were made after it. Null where that does not apply.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>How many requests there were; null where nobody counted.</summary>
    public long? Requests { get; init; }

    /// <summary>The file, as a full path; null for what comes from no file.</summary>
    public string? Path { get; init; }

    /// <summary>The line that the object begins on, counted from 1: in the file, or in a Helm release's manifest.</summary>
    public int? Line { get; init; }

    /// <summary>The chart's template that it was rendered from, as Helm notes it above each object; null where nothing notes it.</summary>
    public string? Template { get; init; }

    /// <summary>The context of the cluster that it was found on, or that the export is of; null for plain files.</summary>
    public string? Context { get; init; }

    /// <summary>The identity of that cluster; null where it is not known.</summary>
    public string? ClusterUid { get; init; }

    /// <summary>What it is judged by: <c>Kubernetes 1.36</c>, or the target cluster's context.</summary>
    public required string Target { get; init; }

    /// <summary>Where its end is told; null where the target's own discovery is all there is.</summary>
    public string? Documentation { get; init; }

    /// <summary>As people write it: <c>policy/v1beta1 PodDisruptionBudget shop/web</c>.</summary>
    public override string ToString() => $"{ApiVersion} {Kind} {(Namespace is null ? Name : $"{Namespace}/{Name}")}".Trim();
}

/// <summary>How soon the use of an API version is a trouble on a target.</summary>
public enum DeprecatedApiSeverity
{
    /// <summary>The target does not serve it.</summary>
    Removed,

    /// <summary>The target serves it and calls it deprecated.</summary>
    Deprecated,

    /// <summary>The target serves it; its end is announced for a later version.</summary>
    Announced,
}

/// <summary>What shows that an API version is in use, the most telling first.</summary>
public enum DeprecatedApiEvidence
{
    /// <summary>The API server counted requests for it (apiserver_requested_deprecated_apis).</summary>
    RequestMetric,

    /// <summary>EKS counted requests for it, by client and with the time of the last one (an upgrade insight).</summary>
    EksInsight,

    /// <summary>Somebody wrote fields of an object in it (metadata.managedFields).</summary>
    ManagedFields,

    /// <summary>It is what kubectl apply last applied to an object (its annotation last-applied-configuration).</summary>
    LastApplied,

    /// <summary>A deployed Helm release has an object in it.</summary>
    HelmRelease,

    /// <summary>A manifest is written in it: in a file, in an export, or in the pipeline.</summary>
    Manifest,
}
