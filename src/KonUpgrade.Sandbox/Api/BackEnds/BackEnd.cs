namespace KonUpgrade.Sandbox.Api.BackEnds;

/// <summary>
/// What somebody who asks a Service through the API server hears from behind it, as long as one of its endpoints is ready:
/// the simulated pods run no programs.
/// </summary>
public sealed record BackEnd
{
    /// <summary>The Service's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The Service.</summary>
    public required string Service { get; init; }

    /// <summary>The path that is answered, with its slash; null for every one.</summary>
    public string? Path { get; init; }

    /// <summary>The HTTP status.</summary>
    public int Status { get; init; } = 200;

    /// <summary>What the answer holds.</summary>
    public string Body { get; init; } = string.Empty;

    /// <summary>What the body is.</summary>
    public string ContentType { get; init; } = "text/plain; charset=utf-8";

    /// <summary>Where it sends on to; null for nowhere.</summary>
    public string? Location { get; init; }

    /// <summary>Takes the request and never answers.</summary>
    public bool Hangs { get; init; }

    internal bool Answers(string @namespace, string service, string path) => Namespace == @namespace && Service == service && (Path is null || Path == path);
}
