using System.Buffers;
using KonUpgrade.Engine.Foundation.Yaml;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Connections;

/// <summary>
/// One kubeconfig file as it was read. Fields that nobody here knows are passed over, as kubectl does; a known field of the
/// wrong type is an error at its place. Relative paths begin at the file's own folder.
/// </summary>
internal sealed class KubeConfigFile
{
    private readonly string _file;

    private KubeConfigFile(string file) => _file = file;

    public string? CurrentContext { get; private set; }

    /// <summary>Where a second document begins, which nobody reads; null where there is one alone.</summary>
    public KubeConfigPlace? PassedOver { get; private set; }

    public List<ClusterEntry> Clusters { get; } = [];

    public List<UserEntry> Users { get; } = [];

    public List<ContextEntry> Contexts { get; } = [];

    public static KubeConfigFile Read(ReadOnlyMemory<byte> text, string file)
    {
        var result = new KubeConfigFile(file);
        var documents = YamlReader.ReadNodes(text, file);
        if (documents.Count > 0)
            result.ReadDocument(new KubeConfigFields(file, documents[0], "the kubeconfig"));
        // kubectl reads the first document alone, and says nothing.
        if (documents.Count > 1)
            result.PassedOver = KubeConfigPlace.Of(file, documents[1]);
        return result;
    }

    private void ReadDocument(KubeConfigFields root)
    {
        if (root.Text("kind") is { Length: > 0 } kind && kind != "Config")
            throw KubeConfigErrors.Invalid(root.Place, $"this is a {kind}, not a kubeconfig (kind Config).", "Name a kubeconfig.");
        CurrentContext = root.Text("current-context") is { Length: > 0 } current ? current : null;
        foreach (var (name, entry) in root.Named("clusters", "cluster"))
            Clusters.Add(ReadCluster(name, entry));
        foreach (var (name, entry) in root.Named("users", "user"))
            Users.Add(ReadUser(name, entry));
        foreach (var (name, entry) in root.Named("contexts", "context"))
        {
            Contexts.Add(new ContextEntry
            {
                Name = name,
                Place = entry.Place,
                Cluster = entry.Text("cluster"),
                User = entry.Text("user"),
                Namespace = entry.Text("namespace"),
            });
        }
    }

    private ClusterEntry ReadCluster(string name, KubeConfigFields entry) => new()
    {
        Name = name,
        Place = entry.Place,
        Server = entry.Text("server") ?? "",
        TlsServerName = entry.Text("tls-server-name"),
        InsecureSkipTlsVerify = entry.Flag("insecure-skip-tls-verify"),
        CertificateAuthority = entry.PathText("certificate-authority"),
        CertificateAuthorityData = entry.Text("certificate-authority-data"),
        ProxyUrl = entry.Text("proxy-url"),
        DisableCompression = entry.Flag("disable-compression"),
        ExecConfig = ExecConfig(entry),
    };

    private ReadOnlyMemory<byte>? ExecConfig(KubeConfigFields entry)
    {
        foreach (var (name, extension) in entry.Pairs("extensions", "name", "extension"))
        {
            if (name != "client.authentication.k8s.io/exec" || extension is null)
                continue;
            var buffer = new ArrayBufferWriter<byte>();
            YamlToJson.Write(extension, buffer, _file, YamlLimits.Default);
            return buffer.WrittenMemory;
        }
        return null;
    }

    private static UserEntry ReadUser(string name, KubeConfigFields entry) => new()
    {
        Name = name,
        Place = entry.Place,
        ClientCertificate = entry.PathText("client-certificate"),
        ClientCertificateData = entry.Text("client-certificate-data"),
        ClientKey = entry.PathText("client-key"),
        ClientKeyData = entry.Text("client-key-data"),
        Token = entry.Text("token"),
        TokenFile = entry.PathText("tokenFile"),
        Username = entry.Text("username"),
        Password = entry.Text("password"),
        Impersonation = new Impersonation
        {
            User = entry.Text("as"),
            Uid = entry.Text("as-uid"),
            Groups = entry.Texts("as-groups"),
            Extra = entry.Fields("as-user-extra") is { } extra ? extra.Keys.ToDictionary(k => k, extra.Texts) : new Dictionary<string, IReadOnlyList<string>>(),
        },
        Exec = entry.Fields("exec") is { } exec ? ReadExec(exec) : null,
        AuthProvider = entry.Fields("auth-provider") is { } provider ? ReadProvider(provider) : null,
    };

    private static ExecEntry ReadExec(KubeConfigFields exec)
    {
        var apiVersion = exec.Text("apiVersion") ?? "";
        if (apiVersion is not ("client.authentication.k8s.io/v1" or "client.authentication.k8s.io/v1beta1" or "client.authentication.k8s.io/v1alpha1"))
        {
            throw KubeConfigErrors.Invalid(exec.Place, $"exec has the apiVersion '{apiVersion}'; known are client.authentication.k8s.io/v1, v1beta1 and v1alpha1.");
        }
        var command = exec.Text("command") is { } text ? text : throw KubeConfigErrors.Invalid(exec.Place, "exec has no command.");
        var mode = exec.Text("interactiveMode");
        if (mode is null && apiVersion == "client.authentication.k8s.io/v1")
            throw KubeConfigErrors.Invalid(exec.Place, "exec of client.authentication.k8s.io/v1 needs an interactiveMode (Never, IfAvailable or Always).");
        if (mode is not (null or "Never" or "IfAvailable" or "Always"))
            throw KubeConfigErrors.Invalid(exec.Place, $"exec has the interactiveMode '{mode}'; known are Never, IfAvailable and Always.");
        return new ExecEntry
        {
            ApiVersion = apiVersion,
            // A bare name is looked for in PATH; anything with a separator begins at the file's folder.
            Command = command.Contains('/', StringComparison.Ordinal) || command.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) ? exec.PathText("command")! : command,
            Args = exec.Texts("args"),
            Env = [.. exec.Pairs("env", "name", "value").Select(p => KeyValuePair.Create(p.Name, p.Value is YamlScalar value ? value.Text : ""))],
            InstallHint = exec.Text("installHint"),
            ProvideClusterInfo = exec.Flag("provideClusterInfo"),
            InteractiveMode = mode ?? "IfAvailable",
        };
    }

    private static AuthProviderEntry ReadProvider(KubeConfigFields provider)
    {
        var config = provider.Fields("config");
        return new AuthProviderEntry
        {
            Name = provider.Text("name") ?? "",
            Config = config is null
                ? new Dictionary<string, string>()
                : config.Keys.Where(k => config.Text(k) is not null)
                    .ToDictionary(k => k, k => k == "idp-certificate-authority" ? config.PathText(k)! : config.Text(k)!),
        };
    }
}
