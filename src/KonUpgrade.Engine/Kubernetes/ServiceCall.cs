namespace KonUpgrade.Engine.Kubernetes;

/// <summary>A GET to a Service of a cluster, which its API server passes on (<c>services/proxy</c>).</summary>
public sealed record ServiceCall
{
    /// <summary>The Service's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The Service.</summary>
    public required string Service { get; init; }

    /// <summary>Its port, which is not always that of the pods.</summary>
    public required int Port { get; init; }

    /// <summary>Whether it is asked over TLS; whose certificate it is, the API server does not look.</summary>
    public bool IsTls { get; init; }

    /// <summary>The path, from the slash on.</summary>
    public required string Path { get; init; }

    /// <summary>How long it may go without an answer; null for as long as the connection lets every call.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>As people write it: <c>Service kubeflow/ml-pipeline</c>.</summary>
    public override string ToString() => $"Service {Namespace}/{Service}";
}
