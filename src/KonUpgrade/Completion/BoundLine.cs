using System.Collections;
using System.Management.Automation;
using System.Security;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;

namespace KonUpgrade.Completion;

/// <summary>What a line that is being typed says already. Values that are not known before it runs are missing.</summary>
internal sealed class BoundLine
{
    // Where a cluster may stand, in the order in which it counts.
    private static readonly string[] ClusterParameters = ["Cluster", "Reference", "Difference", "Blue", "Green"];

    private readonly IReadOnlyList<ClusterRequest> _named;

    /// <summary>Reads the line's bound parameters; on the pipeline thread, since they may be PowerShell's own objects.</summary>
    public BoundLine(string command, IDictionary bound)
    {
        Command = command;
        System = bound["System"]?.ToString();
        Location = SessionLocation();
        KubeConfigPath = FullPaths(bound["KubeConfigPath"]?.ToString());
        SystemPath = FullPaths(bound["SystemPath"]?.ToString());
        Plan = PlanTransformationAttribute.Rebuild(bound["Plan"]);
        Name = bound["Name"]?.ToString();
        Provider = Text(bound["Provider"]);
        VeleroNamespace = Text(bound["VeleroNamespace"]) ?? "velero";
        Aws = new AwsRequest(
            Text(bound["Region"]),
            Text(bound["ProfileName"]),
            ReturnedObject.Unwrap(bound["Credential"]) as PSCredential,
            new SecretTransformationAttribute().Transform(null!, bound["SessionToken"]) as SecureString,
            Uri.TryCreate(Text(bound["EndpointUrl"]), UriKind.Absolute, out var url) ? url : null,
            NoExecPlugin: true);
        JournalPath = FullPaths(bound["JournalPath"]?.ToString());
        JournalCluster = ReturnedObject.Unwrap(bound["JournalCluster"]) is { } keeper ? Request(keeper) : null;
        HasCluster = bound["Cluster"] is not null;
        _named = [.. ClusterParameters.Select(name => ReturnedObject.Unwrap(bound[name])).OfType<object>().Select(Request)];
    }

    /// <summary>Whether the line names one cluster that is meant alone.</summary>
    public bool HasCluster { get; }

    /// <summary>The command, as the line names it.</summary>
    public string Command { get; }

    /// <summary>The session's directory, which is not the process's.</summary>
    public string Location { get; }

    /// <summary>The kubeconfig that the line names, or null.</summary>
    public string? KubeConfigPath { get; }

    /// <summary>The system that the line names, or null.</summary>
    public string? System { get; }

    /// <summary>The file of a system of one's own that the line names, or null.</summary>
    public string? SystemPath { get; }

    /// <summary>The plan that the line names, or null.</summary>
    public UpgradePlan? Plan { get; }

    /// <summary>The name that the line has, or null.</summary>
    public string? Name { get; }

    /// <summary>Who keeps the pools that the line means, or null.</summary>
    public string? Provider { get; }

    /// <summary>The namespace of Velero's server.</summary>
    public string VeleroNamespace { get; }

    /// <summary>As whom, and where, the line asks AWS.</summary>
    public AwsRequest Aws { get; }

    /// <summary>The journal's file that the line names, or null.</summary>
    public string? JournalPath { get; }

    /// <summary>The cluster that keeps the journal, or null.</summary>
    public ClusterRequest? JournalCluster { get; }

    /// <summary>The systems that there are, with the one of one's own that the line names.</summary>
    public async Task<SystemCatalog> SystemsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return new SystemCatalog(own: SystemPath is null ? null : await SystemFile.LoadAsync(SystemPath, NullReporter.Instance, cancellationToken).ConfigureAwait(false));
        }
        catch (UpgradeException)
        {
            // What is wrong with the file is said when the line runs; the others can be named all the same.
            return new SystemCatalog();
        }
    }

    /// <summary>
    /// Opens the cluster that the line names, or the current one. Of two sides the first that is a context counts, since
    /// the other may be a directory.
    /// </summary>
    public async Task<ClusterConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var cluster = _named.Count == 0 ? new ClusterRequest(Context: null, KubeConfigPath, NoExecPlugin: true) { Location = Location } : null;
        foreach (var named in _named)
        {
            if (named.Managed is not null)
            {
                cluster = named;
                break;
            }

            var config = await KubeConfig.LoadAsync(named.KubeConfigPath, cancellationToken, named.Location).ConfigureAwait(false);
            if (config.Contexts.Any(context => context.Name == named.Context))
            {
                cluster = named;
                break;
            }
        }

        return await (cluster ?? _named[0]).OpenAsync(NullReporter.Instance, cancellationToken).ConfigureAwait(false);
    }

    private static string? Text(object? value) => value?.ToString() is { Length: > 0 } text ? text : null;

    // Whoever presses Tab has asked for no program to be started.
    private ClusterRequest Request(object side) => side switch
    {
        ClusterContext { Managed: not null } managed => ClusterRequest.Of(managed, noExecPlugin: true),
        ManagedCluster cluster => ClusterRequest.Of(cluster.ToContext(), noExecPlugin: true),
        ClusterContext { KubeConfigPath.Length: > 0 } live => new ClusterRequest(live.Name, KubeConfigPath ?? live.KubeConfigPath, NoExecPlugin: true),
        _ => new ClusterRequest(side.ToString(), KubeConfigPath, NoExecPlugin: true) { Location = Location },
    };

    private static string SessionLocation()
    {
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        return shell.AddCommand("Microsoft.PowerShell.Management\\Get-Location").AddParameter("PSProvider", "FileSystem")
            .Invoke<PathInfo>().FirstOrDefault()?.ProviderPath ?? Environment.CurrentDirectory;
    }

    // The line's paths are seen from the session's location.
    private string? FullPaths(string? paths) => string.IsNullOrEmpty(paths)
        ? null
        : string.Join(
            Path.PathSeparator,
            paths.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(path => Path.GetFullPath(FromHome(path), Location)));

    private static string FromHome(string path) =>
        path == "~" || path.StartsWith("~/", StringComparison.Ordinal) || path.StartsWith("~\\", StringComparison.Ordinal)
            ? HomeDirectory.PathTo() + path[1..]
            : path;
}
