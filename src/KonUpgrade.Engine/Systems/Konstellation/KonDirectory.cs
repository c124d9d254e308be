using System.Text;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Foundation.Yaml;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Konstellation;

/// <summary>
/// A directory that <c>kon cluster export</c> wrote: apps, builds and linked service accounts an object a file, configs as
/// they are without anything around them, and the cluster's own description, which kon writes near the end.
/// </summary>
/// <param name="system">The description of Konstellation, by whose rules objects are cleaned.</param>
internal sealed class KonDirectory(SystemDescription system) : IManifestLayout
{
    /// <summary>The cluster's own description.</summary>
    public const string ClusterConfig = "clusterconfig.yaml";

    // Enough to find the head of a manifest whose labels and managed fields come first.
    private const int Looked = 64 * 1024;

    // In the order in which kon writes them. What makes all of them has made one of a kind that only kon has.
    private static readonly string[] s_folders = ["apps", "builds", "configs", "linkedaccounts"];

    /// <inheritdoc/>
    public async Task<ManifestDirectory?> TryOpenAsync(string path, CancellationToken cancellationToken)
    {
        // An export that broke off may lack what comes after the configs.
        if (!s_folders.Take(3).All(folder => Directory.Exists(Path.Combine(path, folder))) || !HoldsConfigs(Path.Combine(path, "configs")))
            return null;
        var isKon = false;
        foreach (var file in Candidates(path))
            isKon = isKon || await IsOfGroupAsync(file, cancellationToken).ConfigureAwait(false);
        if (!isKon)
            return null;
        var missing = s_folders.Where(folder => !Directory.Exists(Path.Combine(path, folder))).Concat(File.Exists(Path.Combine(path, ClusterConfig)) ? [] : [ClusterConfig]).ToList();
        return new ManifestDirectory(path, new KonManifests(path, system))
        {
            SystemName = system.Name,
            Layout = "a directory of 'kon cluster export'",
            Context = await ClusterNameAsync(Path.Combine(path, ClusterConfig), cancellationToken).ConfigureAwait(false),
            Incomplete = missing.Count == 0 ? null : new Failure
            {
                Id = "ExportIncomplete",
                Kind = FailureKind.Incomplete,
                Message = $"{path} is a directory of 'kon cluster export' that is not whole: {string.Join(" and ", missing)}, which kon writes near the end, {(missing.Count == 1 ? "is" : "are")} missing.",
                Recommendation = "Export again into an empty directory, or use -AllowPartial.",
                Target = path,
            },
        };
    }

    // Of a directory of that name in somebody's repository anything may be; kon makes two folders in it and nothing else.
    private static bool HoldsConfigs(string configs) =>
        new DirectoryInfo(configs).EnumerateFileSystemInfos().All(entry => entry.Name[0] == '.' || (entry is DirectoryInfo && entry.Name is "app" or "shared"));

    private static IEnumerable<string> Candidates(string path)
    {
        if (File.Exists(Path.Combine(path, ClusterConfig)))
            yield return Path.Combine(path, ClusterConfig);
        foreach (var folder in (string[])["apps", "builds"])
        {
            if (Directory.EnumerateFiles(Path.Combine(path, folder), "*.yaml").Order(StringComparer.Ordinal).FirstOrDefault() is { } first)
                yield return first;
        }
    }

    private static async Task<bool> IsOfGroupAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(file) is not { Length: > 0, LinkTarget: null })
                return false;
            var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            await using (stream.ConfigureAwait(false))
            {
                var head = new byte[Looked];
                var length = await stream.ReadAtLeastAsync(head, Looked, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                return Encoding.UTF8.GetString(head, 0, length).Contains($"apiVersion: {KonManifests.Group}/", StringComparison.Ordinal);
            }
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            // What is wrong with it is told when it is read.
            return false;
        }
    }

    private static async Task<string?> ClusterNameAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            if (!File.Exists(file))
                return null;
            var documents = YamlReader.Read(await File.ReadAllBytesAsync(file, cancellationToken).ConfigureAwait(false), file);
            using var index = JsonIndex.Parse(documents[0].Json);
            return index.Root.Member("metadata"u8).Text("name");
        }
        catch (Exception exception) when (exception is UpgradeException or ArgumentOutOfRangeException || FileFailures.IsOfFiles(exception))
        {
            return null;
        }
    }
}
