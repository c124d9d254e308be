namespace KonUpgrade.Engine.Kubernetes;

/// <summary>What answered behind a Service.</summary>
/// <param name="StatusCode">The HTTP status.</param>
/// <param name="Body">What its body begins with: at most <see cref="LongestBody"/> characters.</param>
public sealed record ServiceAnswer(int StatusCode, string Body)
{
    /// <summary>How much of a body is kept.</summary>
    public const int LongestBody = 4096;
}
