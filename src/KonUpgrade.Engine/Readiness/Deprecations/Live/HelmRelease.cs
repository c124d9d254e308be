using System.IO.Compression;
using System.Text;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;

namespace KonUpgrade.Engine.Readiness.Deprecations.Live;

/// <summary>
/// A release as Helm 3 keeps it: gzip of JSON, base64 in the data of a ConfigMap, and base64 of that in the data of a
/// Secret of type helm.sh/release.v1 (Helm's pkg/storage/driver).
/// </summary>
/// <param name="Name">Its name.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Revision">Its revision.</param>
/// <param name="LastDeployed">When it was deployed; null where it does not say.</param>
/// <param name="Manifests">What it rendered: its manifest, and those of its hooks.</param>
internal sealed record HelmRelease(string Name, string Namespace, long Revision, DateTimeOffset? LastDeployed, IReadOnlyList<string> Manifests)
{
    // Far above what fits into a Secret, compressed or not.
    private const int Largest = 256 * 1024 * 1024;

    /// <summary>Reads the release that an object keeps; null where it keeps none that can be read.</summary>
    public static HelmRelease? Read(KubernetesObject o)
    {
        if (o.Root.Member("data"u8).Member("release"u8).Text() is not { } text)
            return null;
        try
        {
            var bytes = Convert.FromBase64String(text);
            if (o.Kind == "Secret")
                bytes = Convert.FromBase64String(Encoding.ASCII.GetString(bytes));
            // Helm reads what is not compressed, too.
            if (bytes is [0x1F, 0x8B, ..])
                bytes = Decompressed(bytes);
            using var json = JsonIndex.Parse(bytes);
            return Read(json.Root, o);
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or JsonException)
        {
            return null;
        }
    }

    private static HelmRelease Read(JsonPart root, KubernetesObject o)
    {
        var manifests = new List<string>();
        if (root.Member("manifest"u8).Text() is { Length: > 0 } manifest)
            manifests.Add(manifest);
        foreach (var hook in root.Member("hooks"u8).Elements())
        {
            if (hook.Member("manifest"u8).Text() is { Length: > 0 } hooked)
                manifests.Add(hooked);
        }

        var revision = root.Member("version"u8);
        return new HelmRelease(
            root.Member("name"u8).Text() ?? o.Name,
            root.Member("namespace"u8).Text() is { Length: > 0 } ns ? ns : o.Namespace ?? "",
            revision.ValueKind == JsonValueKind.Number && revision.TryGetInt64(out var number) ? number : 0,
            root.Member("info"u8).Time("last_deployed"),
            manifests);
    }

    private static byte[] Decompressed(byte[] bytes)
    {
        using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var whole = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = gzip.Read(buffer)) > 0;)
        {
            whole.Write(buffer, 0, read);
            if (whole.Length > Largest)
                throw new InvalidDataException("The release is too large.");
        }

        return whole.ToArray();
    }
}
