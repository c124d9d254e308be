using System.Runtime.CompilerServices;
using KonUpgrade.Engine.Configuration.Cleaning;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Foundation.Yaml;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Manifests;
using KonUpgrade.Engine.Manifests.Descriptions;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Manifests.Rules;
using KonUpgrade.Engine.Manifests.Writing;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Systems.Konstellation;

/// <summary>
/// What a directory of <c>kon cluster export</c> holds. What kon itself would pass over is left alone with the reason;
/// what it would take for something that it is not, and what an earlier export left there, is a problem.
/// </summary>
internal sealed class KonManifests(string directory, SystemDescription system) : IManifestSource
{
    /// <summary>The API group of Konstellation.</summary>
    public const string Group = "k11n.dev";

    // kon writes everything within minutes, and never removes what it does not write.
    private static readonly TimeSpan s_oneExport = TimeSpan.FromHours(1);

    private readonly ManifestRules _rules = new(system, SecretHandling.Include, new HeldObjectsRule());

    /// <inheritdoc/>
    public async IAsyncEnumerable<ManifestFile> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var last = new FileInfo(Path.Combine(directory, KonDirectory.ClusterConfig)) is { Exists: true } written ? written.LastWriteTimeUtc : (DateTime?)null;
        foreach (var entry in Entries(directory))
        {
            switch (entry)
            {
                case DirectoryInfo { Name: "apps" }:
                case DirectoryInfo { Name: "builds" }:
                case DirectoryInfo { Name: "linkedaccounts" }:
                    foreach (var inner in Entries(entry.FullName))
                        yield return await ObjectAsync(inner, KindIn(entry.Name), last, cancellationToken).ConfigureAwait(false);
                    break;
                case DirectoryInfo { Name: "configs" }:
                    foreach (var type in Entries(entry.FullName))
                    {
                        await foreach (var config in ConfigsAsync(type, last, cancellationToken).ConfigureAwait(false))
                            yield return config;
                    }

                    break;
                case FileInfo { Name: KonDirectory.ClusterConfig }:
                    yield return await ObjectAsync(entry, "ClusterConfig", null, cancellationToken, anyName: true).ConfigureAwait(false);
                    break;
                case FileInfo when Path.GetExtension(entry.Name) is ".yaml":
                    yield return await ObjectAsync(entry, "Nodepool", null, cancellationToken).ConfigureAwait(false);
                    break;
                default:
                    yield return Skipped(entry);
                    break;
            }
        }
    }

    private async IAsyncEnumerable<ManifestFile> ConfigsAsync(FileSystemInfo type, DateTime? last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (type is not DirectoryInfo)
        {
            yield return Skipped(type);
            yield break;
        }

        // The base before its targets' versions: two of one object name are told as such, and the first one is taken.
        foreach (var entry in Entries(type.FullName).OrderBy(entry => entry is DirectoryInfo))
        {
            if (entry is not DirectoryInfo)
            {
                yield return await ConfigAsync(entry, type.Name, "", last, cancellationToken).ConfigureAwait(false);
                continue;
            }

            foreach (var inner in Entries(entry.FullName))
                yield return await ConfigAsync(inner, type.Name, entry.Name, last, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<ManifestFile> ObjectAsync(FileSystemInfo entry, string kind, DateTime? last, CancellationToken cancellationToken, bool anyName = false)
    {
        if (entry is DirectoryInfo)
            return Skipped(entry);
        if (WhyNot(entry, last) is { } problem)
            return Broken(entry, problem);
        try
        {
            var documents = YamlReader.Read(await File.ReadAllBytesAsync(entry.FullName, cancellationToken).ConfigureAwait(false), entry.FullName);
            if (documents.Count != 1)
                return Broken(entry, KonFailures.Foreign(entry.FullName, $"kon writes one {kind} into it, and there are {documents.Count} documents."));
            using var o = KubernetesObject.Parse(documents[0].Json);
            if (o.Group != Group || o.Kind != kind || o.Name.Length == 0 || (!anyName && entry.Name != o.Name + ".yaml"))
                return Broken(entry, KonFailures.Foreign(entry.FullName, $"kon writes the {kind} of the file's name there, and in it is {(o.Kind.Length + o.Name.Length == 0 ? "no manifest" : o.ToString())}."));
            return Manifest(entry, o);
        }
        catch (UpgradeException exception)
        {
            return Broken(entry, exception.Failure);
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            return Broken(entry, ManifestFailures.Unreadable(entry.FullName, exception));
        }
    }

    private async Task<ManifestFile> ConfigAsync(FileSystemInfo entry, string type, string target, DateTime? last, CancellationToken cancellationToken)
    {
        if (entry is DirectoryInfo)
            return Broken(entry, KonFailures.Foreign(entry.FullName, "kon makes no directory there, and can't import one that has it."));
        if (Path.GetExtension(entry.Name) != ".yaml")
            return Broken(entry, KonFailures.Foreign(entry.FullName, "kon writes configs as NAME.yaml, and would import this one under another name."));
        if (WhyNot(entry, last) is { } problem)
            return Broken(entry, problem);
        try
        {
            var bytes = await File.ReadAllBytesAsync(entry.FullName, cancellationToken).ConfigureAwait(false);
            if (!IsYaml(bytes, entry.FullName, out var where))
                return Broken(entry, KonFailures.NotYaml(entry.FullName, where));
            using var o = KubernetesObject.Parse(KonConfigs.AppConfig(type, target, Path.GetFileNameWithoutExtension(entry.Name), bytes));
            return Manifest(entry, o);
        }
        catch (Exception exception) when (FileFailures.IsOfFiles(exception))
        {
            return Broken(entry, ManifestFailures.Unreadable(entry.FullName, exception));
        }
    }

    // kon clears little: what belonged to the cluster goes by the rules of an export.
    private ManifestFile Manifest(FileSystemInfo entry, KubernetesObject o)
    {
        var outcome = new RuleOutcome();
        _rules.ForKind(o.Group, o.Kind).Apply(o, outcome);
        using var writer = new ManifestWriter();
        var json = writer.ToJson(o, outcome.Edits).ToArray();
        return new ManifestFile(new ContentOnHand(json))
        {
            FilePath = entry.FullName,
            ApiVersion = o.ApiVersion,
            Kind = o.Kind,
            Namespace = o.Namespace,
            Name = o.Name,
            Owner = FieldOwners.Of(o) is [var owner, ..] ? owner : null,
            OwnerReferences = ExportedFile.ReadReferences(o.Metadata.Member("ownerReferences"u8)),
            SkipReason = outcome.LeftOutReason,
        };
    }

    private static Failure? WhyNot(FileSystemInfo entry, DateTime? last)
    {
        if (entry.LinkTarget is not null)
            return ManifestFailures.SymbolicLink(entry.FullName);
        return last is { } time && time - entry.LastWriteTimeUtc > s_oneExport ? KonFailures.Stale(entry.FullName, entry.LastWriteTimeUtc, time) : null;
    }

    // Configs may hold passwords: of what is wrong with one only the place is told.
    private static bool IsYaml(byte[] bytes, string file, out string? where)
    {
        where = null;
        try
        {
            YamlReader.Read(bytes, file);
            return true;
        }
        catch (UpgradeException exception)
        {
            where = exception.Failure.Target;
            return false;
        }
    }

    private static string KindIn(string folder) => folder switch { "apps" => "App", "builds" => "Build", _ => "LinkedServiceAccount" };

    private static IEnumerable<FileSystemInfo> Entries(string folder) =>
        new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(entry => entry.Name[0] != '.').OrderBy(entry => entry.Name, StringComparer.Ordinal);

    private static ManifestFile Skipped(FileSystemInfo entry) => new(new ContentOnHand(default))
    {
        FilePath = entry.FullName,
        ApiVersion = "",
        Kind = "",
        Name = "",
        SkipReason = $"'kon cluster export' writes no such {(entry is DirectoryInfo ? "directory" : "file")}, and its import passes over it.",
    };

    private static ManifestFile Broken(FileSystemInfo entry, Failure problem) => new(new ContentOnHand(default))
    {
        FilePath = entry.FullName,
        ApiVersion = "",
        Kind = "",
        Name = "",
        Problem = problem,
    };
}
