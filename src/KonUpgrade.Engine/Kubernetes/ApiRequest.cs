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

    /// <summary>How long it may go without an answer; null for as long as the endpoint lets every call.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// Tells of an answer that is no success, by its code and body, whether it is what was asked for all the same: that of
    /// somebody behind the server, who is not to be logged in to nor asked again. Null where the server answers for itself.
    /// </summary>
    public Func<int, ReadOnlyMemory<byte>, bool>? IsPassedOn { get; init; }

    /// <summary>Whether a Secret is sent: what a server warns of then may quote it.</summary>
    public bool SendsSecret => Body is not null && Path.Contains("/secrets", StringComparison.Ordinal);

    /// <summary>
    /// What went wrong, in words for those who follow along. What a server says of an object that was sent may quote it, and
    /// it may be a Secret: who sent it tells of that in the end, as far as that may be told.
    /// </summary>
    public string Told(KubernetesApiException exception) =>
        Body is not null && exception.StatusCode != 0 ? $"{Action}: HTTP {exception.StatusCode} {exception.Reason}".TrimEnd() : exception.Failure.Message;
}
