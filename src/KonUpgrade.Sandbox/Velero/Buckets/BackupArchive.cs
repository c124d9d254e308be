using System.Formats.Tar;
using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;

namespace KonUpgrade.Sandbox.Velero.Buckets;

/// <summary>An object in a backup.</summary>
/// <param name="Resource">Its kind as <c>plural.group</c>, the plural alone in the core group.</param>
/// <param name="Namespace">Its namespace; empty for what lives in the cluster.</param>
/// <param name="Name">Its name.</param>
/// <param name="Object">As it was.</param>
internal sealed record ArchivedItem(string Resource, string Namespace, string Name, JsonObject Object)
{
    /// <summary>Such as <c>deployments.apps/shop/web</c>.</summary>
    public string Path => Namespace.Length == 0 ? $"{Resource}/{Name}" : $"{Resource}/{Namespace}/{Name}";

    /// <summary>Such as <c>apps/v1/Deployment</c>.</summary>
    public string Type => $"{Metadata.Text(Object, "apiVersion")}/{Metadata.Text(Object, "kind")}";

    /// <summary>Such as <c>shop/web</c>.</summary>
    public string Key => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";

    /// <summary>The names by type, as the resource lists of backups and restores have them.</summary>
    public static JsonObject List(IEnumerable<ArchivedItem> items)
    {
        var list = new JsonObject();
        foreach (IGrouping<string, ArchivedItem> type in items.GroupBy(item => item.Type).OrderBy(type => type.Key, StringComparer.Ordinal))
            list[type.Key] = new JsonArray([.. type.Select(item => item.Key).Order(StringComparer.Ordinal).Select(key => (JsonNode?)key)]);
        return list;
    }
}

/// <summary>The tarball of a backup: its objects, each in a file of its own.</summary>
internal static class BackupArchive
{
    private const string Folder = "resources/";

    public static byte[] Write(IReadOnlyCollection<ArchivedItem> items)
    {
        using var packed = new MemoryStream();
        using (var writer = new TarWriter(packed, TarEntryFormat.Pax, leaveOpen: true))
        {
            Add(writer, "metadata/version", Encoding.UTF8.GetBytes("1.1.0"));
            foreach (ArchivedItem item in items)
            {
                string rest = item.Namespace.Length == 0 ? $"cluster/{item.Name}.json" : $"namespaces/{item.Namespace}/{item.Name}.json";
                string version = Metadata.Text(item.Object, "apiVersion");
                byte[] json = JsonTree.ToUtf8(item.Object);
                Add(writer, $"{Folder}{item.Resource}/{rest}", json);
                Add(writer, $"{Folder}{item.Resource}/{version[(version.IndexOf('/', StringComparison.Ordinal) + 1)..]}-preferredversion/{rest}", json);
            }
        }
        return Compressed.Of(packed.ToArray());
    }

    public static IReadOnlyList<ArchivedItem> Read(byte[] archive)
    {
        var items = new List<ArchivedItem>();
        using var reader = new TarReader(new MemoryStream(Compressed.Unpack(archive)));
        while (reader.GetNextEntry(copyData: true) is { } entry)
        {
            string[] parts = entry.Name.Split('/');
            // The same again by version has one part more.
            (string Resource, string Namespace, string Name)? found = parts switch
            {
                ["resources", var resource, "cluster", var name] => (resource, string.Empty, name),
                ["resources", var resource, "namespaces", var @namespace, var name] => (resource, @namespace, name),
                _ => null,
            };
            if (found is not { } at || entry.DataStream is not { } data) continue;
            using var content = new MemoryStream();
            data.CopyTo(content);
            items.Add(new ArchivedItem(at.Resource, at.Namespace, at.Name[..^".json".Length], JsonTree.ParseObject(content.ToArray())));
        }
        return items;
    }

    private static void Add(TarWriter writer, string name, byte[] content)
        => writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
}
