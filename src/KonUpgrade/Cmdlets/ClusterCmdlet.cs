using System.Management.Automation;
using System.Security;
using System.Security.Cryptography.X509Certificates;
using KonUpgrade.Completion;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;
using KonUpgrade.Pipeline;

namespace KonUpgrade.Cmdlets;

/// <summary>What every command takes that works with the configuration of clusters.</summary>
public abstract class ClusterCmdlet : EngineCmdlet
{
    /// <summary>The kubeconfig, or several.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KubeConfigPath { get; set; }

    /// <summary>The system whose rules hold.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SystemCompleter))]
    public string? System { get; set; }

    /// <summary>A file that describes a system of one's own.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SystemPath { get; set; }

    /// <summary>API groups.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(GroupCompleter))]
    public string[]? Group { get; set; }

    /// <summary>Kinds.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(KindCompleter))]
    public string[]? Kind { get; set; }

    /// <summary>Namespaces.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    public string[]? Namespace { get; set; }

    /// <summary>A label selector as kubectl takes it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public string? LabelSelector { get; set; }

    /// <summary>How many requests may be under way at once; the engine's own number where it is not given.</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public int ThrottleLimit { get; set; }

    /// <summary>How long the command may take for one cluster.</summary>
    [Parameter]
    [TimeoutTransformation]
    [ArgumentCompleter(typeof(NothingCompleter))]
    public TimeSpan? Timeout { get; set; }

    /// <summary>Whether no program may be started to log in.</summary>
    [Parameter]
    public SwitchParameter NoExecPlugin { get; set; }

    /// <summary>What of a cluster's configuration is meant.</summary>
    private protected ClusterConfigSelection Selection => new()
    {
        Group = Group ?? [],
        Kind = Kind ?? [],
        Namespace = Namespace ?? [],
        LabelSelector = LabelSelector,
    };

    /// <summary>The system that the command line names.</summary>
    private protected SystemRequest ChosenSystem => new(System, SystemPath is { } path ? ResolvePath(path) : null);

    /// <summary>The limit as it was given, or null.</summary>
    private protected int? Throttle => ThrottleLimit > 0 ? ThrottleLimit : null;

    /// <summary>The certificates, as the command line names them; null where it names none.</summary>
    private protected GivenCertificates? CertificatesOf(object[]? given, SecureString? password)
    {
        if (given is null)
            return null;
        var certificates = new List<object>();
        foreach (var one in given)
        {
            if (one is not string path)
            {
                certificates.Add(one);
                continue;
            }

            var resolved = SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
            // A path of another provider may lead into a store of certificates.
            certificates.Add(provider.Name == "FileSystem" ? resolved : InvokeProvider.Item.Get(path).Select(item => item.BaseObject).OfType<X509Certificate2>().FirstOrDefault() ?? (object)ResolvePath(path));
        }

        return new GivenCertificates(certificates, password);
    }

    /// <summary>The way to a cluster, as the command line says it.</summary>
    /// <param name="cluster">The cluster, or null for the current context.</param>
    private protected ClusterRequest RequestFor(ClusterContext? cluster)
    {
        var given = ResolveKubeConfig(KubeConfigPath);
        if (cluster is not { KubeConfigPath.Length: > 0 } context)
            return new ClusterRequest(cluster?.Name, given, NoExecPlugin);
        if (given is not null && given != context.KubeConfigPath)
        {
            Fail(
                new Failure
                {
                    Id = "KubeConfigAmbiguous",
                    Kind = FailureKind.InvalidArgument,
                    Message = $"The context '{context.Name}' comes from '{context.KubeConfigPath}', and -KubeConfigPath names '{given}'.",
                    Recommendation = "Give the context's name with -KubeConfigPath, or the context object without it.",
                    Target = context.Name,
                },
                context);
        }

        return new ClusterRequest(context.Name, context.KubeConfigPath, NoExecPlugin);
    }

    /// <summary>The directories and files that a path with wildcards stands for. One that stands for none is an error, and the others follow.</summary>
    private protected IEnumerable<string> ResolvePaths(string path)
    {
        // A directory whose name holds a bracket is itself before it is a pattern.
        if (!WildcardPattern.ContainsWildcardCharacters(path) || Directory.Exists(ResolvePath(path)))
            return [ResolvePath(path)];
        var found = SessionState.Path.GetResolvedPSPathFromPSPath(path).Select(static info => info.ProviderPath).ToList();
        if (found.Count == 0)
        {
            WriteError(FailureRecord.For(new Failure
            {
                Id = "PathNotFound",
                Kind = FailureKind.NotFound,
                Message = $"No directory or file matches '{path}'.",
                Recommendation = "Look at the path; a name that holds wildcard characters is given with -LiteralPath.",
                Target = path,
            }));
        }

        return found;
    }
}
