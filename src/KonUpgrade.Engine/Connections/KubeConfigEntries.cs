using KonUpgrade.Engine.Foundation.Yaml;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Connections;

/// <summary>A cluster entry of a kubeconfig; its paths are absolute.</summary>
internal sealed record ClusterEntry
{
    public required string Name { get; init; }

    /// <summary>Where it stands, for messages: file, line and column.</summary>
    public required KubeConfigPlace Place { get; init; }

    public required string Server { get; init; }

    public string? TlsServerName { get; init; }

    public bool InsecureSkipTlsVerify { get; init; }

    public string? CertificateAuthority { get; init; }

    public string? CertificateAuthorityData { get; init; }

    public string? ProxyUrl { get; init; }

    public bool DisableCompression { get; init; }

    /// <summary>The extension that is for exec plugins alone, as JSON.</summary>
    public ReadOnlyMemory<byte>? ExecConfig { get; init; }
}

/// <summary>A context entry of a kubeconfig.</summary>
internal sealed record ContextEntry
{
    public required string Name { get; init; }

    public required KubeConfigPlace Place { get; init; }

    public string? Cluster { get; init; }

    public string? User { get; init; }

    public string? Namespace { get; init; }
}

/// <summary>A user entry of a kubeconfig; its paths are absolute. Holds secrets: never printed.</summary>
internal sealed class UserEntry
{
    public required string Name { get; init; }

    public required KubeConfigPlace Place { get; init; }

    public string? ClientCertificate { get; init; }

    public string? ClientCertificateData { get; init; }

    public string? ClientKey { get; init; }

    public string? ClientKeyData { get; init; }

    public string? Token { get; init; }

    public string? TokenFile { get; init; }

    public string? Username { get; init; }

    public string? Password { get; init; }

    public Impersonation Impersonation { get; init; } = new();

    public ExecEntry? Exec { get; init; }

    public AuthProviderEntry? AuthProvider { get; init; }

    public bool HasCertificate => ClientCertificate is not null || ClientCertificateData is not null;

    /// <summary>How the user logs in, without a secret.</summary>
    public string Login => this switch
    {
        { TokenFile: not null } => "TokenFile",
        { Token: not null } => "Token",
        { Username: not null } => "Basic",
        { Exec: { } exec } => $"Exec {Path.GetFileNameWithoutExtension(exec.Command)}",
        { AuthProvider.Name: "oidc" } => "Oidc",
        { AuthProvider: { } provider } => $"AuthProvider {provider.Name}",
        { HasCertificate: true } => "ClientCertificate",
        _ => "None",
    };
}

/// <summary>The exec plugin of a user.</summary>
internal sealed class ExecEntry
{
    public required string ApiVersion { get; init; }

    public required string Command { get; init; }

    public IReadOnlyList<string> Args { get; init; } = [];

    public IReadOnlyList<KeyValuePair<string, string>> Env { get; init; } = [];

    public string? InstallHint { get; init; }

    public bool ProvideClusterInfo { get; init; }

    public string InteractiveMode { get; init; } = "IfAvailable";

    /// <summary>A variable as the program would see it. The last one of a name holds, as in a process's environment.</summary>
    public string? Value(string name) => Env.LastOrDefault(e => e.Key == name) is { Key: not null } own ? own.Value : Environment.GetEnvironmentVariable(name);
}

/// <summary>The auth provider of a user.</summary>
internal sealed class AuthProviderEntry
{
    public required string Name { get; init; }

    public IReadOnlyDictionary<string, string> Config { get; init; } = new Dictionary<string, string>();
}

/// <summary>A place in a kubeconfig.</summary>
internal sealed record KubeConfigPlace(string File, int Line, int Column)
{
    public static KubeConfigPlace Of(string file, YamlNode node) => new(file, node.Line, node.Column);

    /// <summary>The folder that relative paths begin from.</summary>
    public string Folder => Path.GetDirectoryName(Path.GetFullPath(File)) ?? "";

    public override string ToString() => $"{File}, line {Line}, column {Column}";
}
