using KonUpgrade.Sandbox.Api.BackEnds;

namespace KonUpgrade.Sandbox.Kubeflow;

/// <summary>What the servers of a Kubeflow answer, where their Services have pods that are ready.</summary>
internal static class KubeflowServers
{
    public static IReadOnlyList<BackEnd> All { get; } =
    [
        // Who has not logged in is sent to where one does.
        new() { Namespace = "istio-system", Service = "istio-ingressgateway", Status = 302, Location = "/dex/auth?client_id=kubeflow-oidc-authservice" },
        new() { Namespace = "kubeflow", Service = "centraldashboard", Path = "/", ContentType = "text/html; charset=UTF-8", Body = "<!doctype html><title>Kubeflow Central Dashboard</title>" },
        Healthy("v2beta1", """{"multi_user":true}"""),
        Healthy("v1beta1", """{"commit_sha":"simulated","tag_name":"2.0.0","multi_user":true}"""),
    ];

    private static BackEnd Healthy(string version, string body) =>
        new() { Namespace = "kubeflow", Service = "ml-pipeline", Path = $"/apis/{version}/healthz", ContentType = "application/json", Body = body };
}
