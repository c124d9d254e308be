using System.Collections;
using System.Management.Automation;
using KonUpgrade.Operations;
using KonUpgrade.Parameters;

namespace KonUpgrade.Completion;

/// <summary>What a line that is being typed says already. Values that are not known before it runs are missing.</summary>
internal sealed class BoundLine
{
    // Where a cluster may stand, in the order in which it counts.
    private static readonly string[] ClusterParameters = ["Cluster", "Reference", "Difference"];

    /// <summary>Reads the line's bound parameters; on the pipeline thread, since they may be PowerShell's own objects.</summary>
    public BoundLine(IDictionary bound)
    {
        System = bound["System"]?.ToString();
        var kubeConfig = FullPaths(bound["KubeConfigPath"]?.ToString());
        var context = ClusterParameters.Select(name => ReturnedObject.Unwrap(bound[name])).FirstOrDefault(static value => value is not null);
        Cluster = context switch
        {
            ClusterContext { KubeConfigPath.Length: > 0 } live => new ClusterRequest(live.Name, kubeConfig ?? live.KubeConfigPath, bound.Contains("NoExecPlugin")),
            _ => new ClusterRequest(context?.ToString(), kubeConfig, bound.Contains("NoExecPlugin")),
        };
    }

    /// <summary>The cluster that the line names, or the current one.</summary>
    public ClusterRequest Cluster { get; }

    /// <summary>The system that the line names, or null.</summary>
    public string? System { get; }

    // The line's paths are seen from the session's location, which is not the process's.
    private static string? FullPaths(string? paths)
    {
        if (string.IsNullOrEmpty(paths))
            return null;
        using var shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
        var location = shell.AddCommand("Microsoft.PowerShell.Management\\Get-Location").AddParameter("PSProvider", "FileSystem")
            .Invoke<PathInfo>().FirstOrDefault()?.ProviderPath ?? Environment.CurrentDirectory;
        return string.Join(
            Path.PathSeparator,
            paths.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(path => Path.GetFullPath(FromHome(path), location)));
    }

    private static string FromHome(string path) =>
        path == "~" || path.StartsWith("~/", StringComparison.Ordinal) || path.StartsWith("~\\", StringComparison.Ordinal)
            ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..]
            : path;
}
