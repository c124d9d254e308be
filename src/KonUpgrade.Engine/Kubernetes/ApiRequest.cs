namespace KonUpgrade.Engine.Kubernetes;

/// <summary>One call to an API server, as it can be sent any number of times.</summary>
internal sealed record ApiRequest
{
    public required HttpMethod Method { get; init; }

    /// <summary>Path and query, from the server's root: <c>/api/v1/pods?limit=500</c>.</summary>
    public required string Path { get; init; }

    /// <summary>What it does, for messages: <c>list v1 Pod</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The thing that it is about, for failures.</summary>
    public string? Target { get; init; }

    public ReadOnlyMemory<byte>? Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    public string Accept { get; init; } = "application/json";

    /// <summary>Whether it may be sent again when nobody knows if the first one took effect.</summary>
    public required bool Repeatable { get; init; }
}
