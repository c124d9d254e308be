using System.Runtime.CompilerServices;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Files;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>What an export wrote and what it left out, read back from its lists.</summary>
public static class ExportedItems
{
    /// <summary>The items of an export, each with the cluster that it comes from and the system whose rules it was read by.</summary>
    /// <exception cref="UpgradeException">ExportDamaged, DirectoryNotFound.</exception>
    public static IAsyncEnumerable<ClusterConfigItem> ReadAsync(ClusterConfigExport export, CancellationToken cancellationToken) =>
        ReadAsync(export.Path, item => item with { Context = export.Context, ClusterUid = export.ClusterUid, System = export.System }, cancellationToken);

    /// <summary>The items: first the files by path, then what was left out.</summary>
    /// <param name="path">The export's directory.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="UpgradeException">ExportDamaged, DirectoryNotFound.</exception>
    public static IAsyncEnumerable<ClusterConfigItem> ReadAsync(string path, CancellationToken cancellationToken) => ReadAsync(path, static item => item, cancellationToken);

    private static async IAsyncEnumerable<ClusterConfigItem> ReadAsync(
        string path, Func<ClusterConfigItem, ClusterConfigItem> of, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        path = Path.GetFullPath(path);
        if (!Directory.Exists(path))
            throw new UpgradeException(ManifestFailures.NotFound(path));
        await Task.Run(() => ExportCommit.Settle(path), cancellationToken).ConfigureAwait(false);
        foreach (var item in Lines(Path.Combine(path, ExportLayout.Files), line => Exported(path, line), cancellationToken))
            yield return of(item);
        foreach (var item in Lines(Path.Combine(path, ExportLayout.LeftOut), LeftOut, cancellationToken))
            yield return of(item);
    }

    private static IEnumerable<ClusterConfigItem> Lines(string file, Func<ReadOnlyMemory<byte>, ClusterConfigItem> read, CancellationToken cancellationToken)
    {
        if (!File.Exists(file))
            throw new UpgradeException(ManifestFailures.Missing(file));
        using var reader = LineReader.Open(file);
        for (var number = 1; reader.Read(); number++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ClusterConfigItem item;
            try
            {
                item = read(reader.Current);
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                throw new UpgradeException(ManifestFailures.DamagedLine(file, number, exception), exception);
            }

            yield return item;
        }
    }

    private static ClusterConfigItem Exported(string directory, ReadOnlyMemory<byte> line)
    {
        var file = ExportedFile.Parse(line);
        return new ClusterConfigItem
        {
            ApiVersion = file.ApiVersion,
            Kind = file.Kind,
            Namespace = file.Namespace,
            Name = file.Name,
            Action = ClusterConfigItemAction.Exported,
            Path = ExportLayout.FullPath(directory, file.Path),
            FieldManager = file.Owner?.ToString(),
        };
    }

    private static ClusterConfigItem LeftOut(ReadOnlyMemory<byte> line)
    {
        using var document = JsonIndex.Parse(line);
        var root = document.Root;
        var reason = root.Member("reason"u8).Text();
        var owner = root.Member("ownerKind"u8).Text() is { } kind ? $" ({kind} {root.Member("owner"u8).Text()})" : "";
        return new ClusterConfigItem
        {
            ApiVersion = root.Member("apiVersion"u8).Text() ?? "",
            Kind = root.Member("kind"u8).Text() ?? "",
            Namespace = root.Member("namespace"u8).Text(),
            Name = root.Member("name"u8).Text(),
            Action = ClusterConfigItemAction.LeftOut,
            Reason = reason + owner,
            Count = root.Member("count"u8) is { ValueKind: JsonValueKind.Number } count ? count.GetInt64() : 1,
        };
    }
}
