using KonUpgrade.Model;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>The error for an answer that no API server gives.</summary>
internal static class NotAnApiServer
{
    public static KubernetesApiException Failure(ClusterEndpoint endpoint, string action, Exception? cause = null) => new(new Failure
    {
        Id = "InvalidResponse",
        Kind = FailureKind.InvalidData,
        Message = $"{action} on {endpoint.Name}: the answer is not what an API server gives",
        Recommendation = "Check that the context's server is an API server and that nothing between changes its answers.",
        Target = endpoint.Name,
    }, cause);
}
