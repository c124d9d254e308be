using System.Globalization;
using KonUpgrade.Engine.Configuration.Exporting;
using KonUpgrade.Engine.Configuration.Importing;
using KonUpgrade.Engine.Configuration.Importing.Items;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Manifests.Directories;
using KonUpgrade.Engine.Systems;
using KonUpgrade.Model;

namespace KonUpgrade.Benchmarks;

/// <summary>What runs in a measured process of its own.</summary>
internal static class Contenders
{
    private const int Posters = 16;

    public static Task<int> RunAsync(IReadOnlyList<string> args) => args[0] switch
    {
        "child-list" => ListAsync(Config(args), args[2], int.Parse(args[3], CultureInfo.InvariantCulture)),
        "child-post" => PostAsync(Config(args), args[2], int.Parse(args[3], CultureInfo.InvariantCulture)),
        "child-files" => WriteFilesAsync(args[1], args[2]),
        "child-export" => Child.ReportAsync(() => ExportAsync(Config(args), args[2], args[3])),
        "child-import" => Child.ReportAsync(() => ImportAsync(Config(args), args[2], args[3])),
        _ => throw new ArgumentException($"No contender {args[0]}."),
    };

    // The clock of the bare clients starts when the login is read: what they measure is the wire and the server.
    private static async Task<int> ListAsync(string? kubeConfig, string context, int pageSize)
    {
        using var client = await RawClient.OpenAsync(kubeConfig, context, CancellationToken.None);
        return await Child.ReportAsync(() => client.ReadPagesAsync(Widgets.ListPath, pageSize, CancellationToken.None));
    }

    private static async Task<int> PostAsync(string? kubeConfig, string context, int count)
    {
        using var client = await RawClient.OpenAsync(kubeConfig, context, CancellationToken.None);
        var posts = Enumerable.Range(0, count).Select(i => (Widgets.Collection(Widgets.NamespaceOf(i)), Widgets.Json(i)));
        return await Child.ReportAsync(async () =>
        {
            await client.PostAllAsync(posts, Posters, CancellationToken.None);
            return count;
        });
    }

    /// <summary>Writes the files of one directory into another, all bytes at hand before the clock starts.</summary>
    private static async Task<int> WriteFilesAsync(string from, string to)
    {
        List<(string Path, byte[] Bytes)> files = [];
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            files.Add((Path.Combine(to, Path.GetRelativePath(from, file)), await File.ReadAllBytesAsync(file)));
        return await Child.ReportAsync(() =>
        {
            foreach (var folder in files.Select(f => Path.GetDirectoryName(f.Path)!).Distinct())
                Directory.CreateDirectory(folder);
            Parallel.ForEach(files, file => File.WriteAllBytes(file.Path, file.Bytes));
            return Task.FromResult((long)files.Count);
        });
    }

    private static async Task<long> ExportAsync(string? kubeConfig, string context, string path)
    {
        await using var source = await OpenAsync(kubeConfig, context);
        var options = new ExportOptions
        {
            Path = path,
            System = new SystemCatalog().Get("Kubernetes").Description,
            Selection = new ClusterConfigSelection { Kind = ["Widget." + Widgets.Group] },
        };
        long count = 0;
        await foreach (var export in new ConfigExporter(source, options, NullReporter.Instance).RunAsync(CancellationToken.None))
        {
            if (!export.Complete)
                throw new InvalidOperationException(string.Join("; ", export.Failures));
            count += export.ObjectCount;
        }

        return count;
    }

    private static async Task<long> ImportAsync(string? kubeConfig, string context, string path)
    {
        await using var target = await OpenAsync(kubeConfig, context);
        var directory = await ManifestDirectory.OpenAsync(path, CancellationToken.None);
        var importer = new ConfigImporter(directory, target, new SystemCatalog().Get("Kubernetes"), new ImportOptions(), NullReporter.Instance);
        await importer.PrepareAsync(CancellationToken.None);
        long count = 0;
        await foreach (var change in importer.RunAsync(CancellationToken.None))
        {
            if (change.Action == ClusterConfigChangeAction.Failed)
                throw new InvalidOperationException(change.Failure?.ToString());
            count++;
        }

        return count;
    }

    private static Task<ClusterConnection> OpenAsync(string? kubeConfig, string context) =>
        ClusterConnection.OpenAsync(new ClusterTarget(context, kubeConfig), new ConnectionOptions(), NullReporter.Instance, CancellationToken.None);

    private static string? Config(IReadOnlyList<string> args) => args[1].Length == 0 ? null : args[1];
}
