using System.Security.Cryptography.X509Certificates;
using YamlDotNet.Serialization;

namespace KonUpgrade.Sandbox.Tests;

/// <summary>
/// The real API servers that the run may use: those of the kubeconfig named in KONUPGRADE_TEST_KUBECONFIG, one context
/// a server. They must be there for tests alone.
/// </summary>
public static class RealServers
{
    private static readonly string? File = Environment.GetEnvironmentVariable("KONUPGRADE_TEST_KUBECONFIG") is { Length: > 0 } path ? path : null;

    /// <summary>The contexts; none where no kubeconfig is named.</summary>
    public static IReadOnlyList<string> Contexts
        => File is null ? [] : [.. Read().Contexts.DistinctBy(context => context.Context.Cluster).Select(context => context.Name)];

    /// <summary>A client with the login of a context: a client certificate or a token.</summary>
    public static ApiClient Open(string context)
    {
        Config config = Read();
        Names names = config.Contexts.Single(item => item.Name == context).Context;
        Cluster cluster = config.Clusters.Single(item => item.Name == names.Cluster).Cluster;
        User user = config.Users.Single(item => item.Name == names.User).User;
        string authority = cluster.CertificateAuthorityData is { } data ? Text(data) : System.IO.File.ReadAllText(cluster.CertificateAuthority!);
        X509Certificate2? login = user.ClientCertificateData is null ? null : X509Certificate2.CreateFromPem(Text(user.ClientCertificateData), Text(user.ClientKeyData!));
        return new ApiClient(new Uri(cluster.Server), authority, user.Token, login);
    }

    private static Config Read()
    {
        using StreamReader reader = System.IO.File.OpenText(File!);
        return new DeserializerBuilder().IgnoreUnmatchedProperties().Build().Deserialize<Config>(reader);
    }

    private static string Text(string base64) => System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(base64));

    private sealed class Config
    {
        [YamlMember(Alias = "clusters")]
        public List<NamedCluster> Clusters { get; set; } = [];

        [YamlMember(Alias = "contexts")]
        public List<NamedContext> Contexts { get; set; } = [];

        [YamlMember(Alias = "users")]
        public List<NamedUser> Users { get; set; } = [];
    }

    private sealed class NamedCluster
    {
        [YamlMember(Alias = "name")]
        public string Name { get; set; } = string.Empty;

        [YamlMember(Alias = "cluster")]
        public Cluster Cluster { get; set; } = new();
    }

    private sealed class Cluster
    {
        [YamlMember(Alias = "server")]
        public string Server { get; set; } = string.Empty;

        [YamlMember(Alias = "certificate-authority-data")]
        public string? CertificateAuthorityData { get; set; }

        [YamlMember(Alias = "certificate-authority")]
        public string? CertificateAuthority { get; set; }
    }

    private sealed class NamedContext
    {
        [YamlMember(Alias = "name")]
        public string Name { get; set; } = string.Empty;

        [YamlMember(Alias = "context")]
        public Names Context { get; set; } = new();
    }

    private sealed class Names
    {
        [YamlMember(Alias = "cluster")]
        public string Cluster { get; set; } = string.Empty;

        [YamlMember(Alias = "user")]
        public string User { get; set; } = string.Empty;
    }

    private sealed class NamedUser
    {
        [YamlMember(Alias = "name")]
        public string Name { get; set; } = string.Empty;

        [YamlMember(Alias = "user")]
        public User User { get; set; } = new();
    }

    private sealed class User
    {
        [YamlMember(Alias = "token")]
        public string? Token { get; set; }

        [YamlMember(Alias = "client-certificate-data")]
        public string? ClientCertificateData { get; set; }

        [YamlMember(Alias = "client-key-data")]
        public string? ClientKeyData { get; set; }
    }
}
