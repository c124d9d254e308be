using KonUpgrade.Engine.Aws.RestJson;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>A call of EKS: how it is sent, and what it is about.</summary>
/// <param name="Operation">The operation's name in the service's model.</param>
/// <param name="What">What it does, for messages: <c>describe</c>.</param>
internal sealed record EksCall(string Operation, string What) : IRestJsonCall
{
    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>What the path begins with.</summary>
    public string Root { get; init; } = "/clusters";

    /// <summary>The path below <see cref="Root"/>.</summary>
    public required string Path { get; init; }

    /// <summary>The cluster's name; null for all clusters.</summary>
    public string? ClusterName { get; init; }

    /// <summary>The node group's name, or null.</summary>
    public string? NodegroupName { get; init; }

    /// <summary>The update's id, or null.</summary>
    public string? UpdateId { get; init; }

    /// <summary>The insight's id, or null.</summary>
    public string? InsightId { get; init; }

    /// <summary>The add-on's name, or null.</summary>
    public string? AddonName { get; init; }

    /// <summary>Whether it changes nothing, though it is a POST.</summary>
    public bool Reads { get; init; }

    /// <summary>The query.</summary>
    public IReadOnlyList<(string Name, string? Value)> Query { get; init; } = [];

    /// <summary>The body's object, or null.</summary>
    public object? Body { get; init; }

    /// <summary>Whether it creates something.</summary>
    public bool Creates { get; init; }

    /// <summary>What it is about, for messages.</summary>
    public string Subject => InsightId is not null ? $"the insight {InsightId} of the cluster '{ClusterName}'"
        : AddonName is not null ? $"the add-on '{AddonName}'{(ClusterName is null ? "" : $" of the cluster '{ClusterName}'")}"
        : (ClusterName, NodegroupName, UpdateId) switch
        {
            (null, _, _) => "the clusters",
            (var cluster, null, null) => $"the cluster '{cluster}'",
            (var cluster, { } group, null) => $"the node group '{group}' of the cluster '{cluster}'",
            (var cluster, null, { } update) => $"the update {update} of the cluster '{cluster}'",
            (var cluster, { } group, { } update) => $"the update {update} of the node group '{group}' of the cluster '{cluster}'",
        };

    /// <summary>What it is about, as people write it.</summary>
    public string Target => NodegroupName is null ? ClusterName ?? "EKS" : $"{ClusterName}/{NodegroupName}";

    /// <summary>What is sent.</summary>
    public RestJsonRequest Request(byte[]? body) => new()
    {
        Method = Method,
        Path = Root + Path,
        PathValues =
        [
            .. Path.Contains("{name}", StringComparison.Ordinal) ? [("name", ClusterName ?? "")] : Array.Empty<(string, string)>(),
            .. Path.Contains("{nodegroupName}", StringComparison.Ordinal) ? [("nodegroupName", NodegroupName ?? "")] : Array.Empty<(string, string)>(),
            .. Path.Contains("{updateId}", StringComparison.Ordinal) ? [("updateId", UpdateId ?? "")] : Array.Empty<(string, string)>(),
            .. Path.Contains("{id}", StringComparison.Ordinal) ? [("id", InsightId ?? "")] : Array.Empty<(string, string)>(),
            .. Path.Contains("{addonName}", StringComparison.Ordinal) ? [("addonName", AddonName ?? "")] : Array.Empty<(string, string)>(),
        ],
        Query = Query,
        Body = body,
        Reads = Reads,
    };

    /// <inheritdoc/>
    public AwsException Failed(Exception e, string region) => EksFailures.Of(e, this, region);

    /// <inheritdoc/>
    public AwsException Failed(Failure failure, Exception e) => new EksException(failure, e);
}
