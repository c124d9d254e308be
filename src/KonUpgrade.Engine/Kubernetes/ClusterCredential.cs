using System.Net.Http.Headers;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>What a request shows to the API server. Its text never shows the secret.</summary>
public sealed class ClusterCredential
{
    /// <summary>No credential at all.</summary>
    public static ClusterCredential Anonymous { get; } = new();

    /// <summary>The Authorization header, or null.</summary>
    public AuthenticationHeaderValue? Authorization { get; init; }

    /// <summary>The client certificate, or null. Another instance opens connections of its own.</summary>
    public ClientCertificate? Certificate { get; init; }

    /// <summary>A credential that is a bearer token.</summary>
    public static ClusterCredential Bearer(string token, ClientCertificate? certificate = null) =>
        new() { Authorization = new AuthenticationHeaderValue("Bearer", token), Certificate = certificate };

    /// <inheritdoc/>
    public override string ToString() =>
        (Authorization?.Scheme, Certificate) switch
        {
            (null, null) => "no credential",
            (null, _) => "client certificate",
            ({ } scheme, null) => $"{scheme} credential",
            ({ } scheme, _) => $"{scheme} credential and client certificate",
        };
}
