using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Api;

namespace KonUpgrade.Sandbox.Velero.Buckets;

/// <summary>gzip, as everything in the object storage but the Backup objects is.</summary>
internal static class Compressed
{
    public static byte[] Of(ReadOnlySpan<byte> content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest)) gzip.Write(content);
        return packed.ToArray();
    }

    public static byte[] Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    public static byte[] Of(JsonNode json) => Of(JsonTree.ToUtf8(json));

    public static byte[] Unpack(byte[] packed)
    {
        using var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var content = new MemoryStream();
        gzip.CopyTo(content);
        return content.ToArray();
    }
}
