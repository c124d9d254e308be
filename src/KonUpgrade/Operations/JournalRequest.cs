using System.Security.Cryptography;
using System.Text;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Upgrades.Journals;
using KonUpgrade.Engine.Upgrades.Running;

namespace KonUpgrade.Operations;

/// <summary>Where a journal is, before anything was opened.</summary>
/// <param name="Path">The file's full path; null for a journal in a cluster.</param>
/// <param name="Cluster">The cluster that keeps it; null for a file.</param>
/// <param name="Upgrade">The upgrade's name, for a journal in a cluster.</param>
internal sealed record JournalRequest(string? Path, ClusterRequest? Cluster, string? Upgrade)
{
    /// <summary>The journal that an upgrade says it has.</summary>
    /// <param name="upgrade">The upgrade.</param>
    /// <param name="resolve">Makes a path of the session a full one.</param>
    /// <param name="kubeConfigPath">The kubeconfig that counts; null for the plan's own.</param>
    /// <param name="noExecPlugin">Whether no program may be started to log in.</param>
    /// <param name="location">The session's directory.</param>
    public static JournalRequest Of(BlueGreenUpgrade upgrade, Func<string, string> resolve, string? kubeConfigPath, bool noExecPlugin, string? location)
    {
        if (upgrade.JournalPath is { } path)
            return new JournalRequest(resolve(path), null, null);
        // A name alone leads to where the plan's own contexts of that name lead.
        var side = new[] { upgrade.Green, upgrade.Blue }.FirstOrDefault(cluster => cluster?.Context == upgrade.JournalCluster);
        return new JournalRequest(null, new ClusterRequest(upgrade.JournalCluster, kubeConfigPath ?? side?.KubeConfigPath, noExecPlugin) { Location = location }, upgrade.Name);
    }

    /// <summary>Opens the way to it.</summary>
    public async Task<JournalPlace> OpenAsync(IReporter reporter, CancellationToken cancellationToken)
    {
        if (Cluster is null)
            return new JournalPlace(UpgradeJournal.InFile(Path!), null);
        var cluster = await Cluster.OpenAsync(reporter, cancellationToken).ConfigureAwait(false);
        return new JournalPlace(UpgradeJournal.InCluster(cluster, Upgrade!), cluster);
    }

    /// <summary>Where steps write unless told: beside a journal's file; for one in a cluster, in a temporary folder that the next run here finds again.</summary>
    public string WorkPath(UpgradePlan plan)
    {
        if (Path is { } file)
            return JournalFile.FilesOf(file);
        // Upgrades of the same name between other clusters, and other users, have folders of their own.
        var which = SHA256.HashData(Encoding.UTF8.GetBytes($"{plan.Blue.ClusterUid}\n{plan.Green?.ClusterUid}\n{Environment.UserName}"));
        return System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"konupgrade-{plan.Name}-{Convert.ToHexString(which)[..12].ToLowerInvariant()}");
    }

    /// <summary>Makes the folder, for nobody else to enter.</summary>
    /// <exception cref="UpgradeException">WorkPathOpen: it is there, and others may write to it.</exception>
    public static void MakeWorkPath(string path, bool isTemporary)
    {
        const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, Own);
        if (isTemporary && (File.GetUnixFileMode(path) & ~Own) != 0)
        {
            throw new UpgradeException(new Failure
            {
                Id = "WorkPathOpen",
                Kind = FailureKind.Security,
                Message = $"{path} is there already, and others may enter it.",
                Recommendation = "Name another directory with -WorkPath.",
                Target = path,
            });
        }
    }
}

/// <summary>The way to a journal, opened.</summary>
/// <param name="Place">Where it is.</param>
/// <param name="Cluster">The cluster that keeps it; null for a file.</param>
internal sealed record JournalPlace(UpgradeJournal Place, ClusterConnection? Cluster) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Cluster?.DisposeAsync() ?? ValueTask.CompletedTask;
}
