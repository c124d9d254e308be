using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Readiness.Surveys;

/// <summary>What a volume stands for outside its cluster: a disk, or a directory of a file system.</summary>
/// <param name="Kind">Of which kind it is: the CSI driver, or <c>ebs</c>, <c>efs</c> and <c>nfs</c>, which several drivers serve.</param>
/// <param name="Id">Which one of them.</param>
/// <param name="Part">The directory or access point of it; empty for the whole.</param>
internal sealed record VolumeStore(string Kind, string Id, string Part = "")
{
    /// <summary>What a PersistentVolume's spec names; null where it names nothing outside.</summary>
    public static VolumeStore? Of(JsonPart spec)
    {
        var csi = spec.Member("csi"u8);
        if (csi.ValueKind == JsonValueKind.Object)
            return csi.Text("volumeHandle") is { Length: > 0 } handle ? OfHandle(csi.Text("driver") ?? "", handle) : null;
        var (disk, share) = (spec.Member("awsElasticBlockStore"u8).Text("volumeID"), spec.Member("nfs"u8));
        if (disk is { Length: > 0 })
            return new VolumeStore("ebs", Last(disk, '/'));
        return share.Text("server") is { Length: > 0 } server ? OfShare(server, share.Text("path") ?? "") : null;
    }

    /// <summary>Whether what is written to one is seen in the other.</summary>
    public bool Overlaps(VolumeStore other) => Kind == other.Kind && Id == other.Id && (Part == other.Part || Part.Length == 0 || other.Part.Length == 0);

    /// <summary>As people write it: <c>efs fs-123:/data</c>.</summary>
    public override string ToString() => $"{Kind} {Id}{(Part.Length == 0 ? "" : ":" + Part)}";

    // The handle of EFS: file system, directory and access point (https://github.com/kubernetes-sigs/aws-efs-csi-driver, docs/README.md).
    private static VolumeStore OfHandle(string driver, string handle) => driver switch
    {
        "efs.csi.aws.com" when handle.Split(':') is [var id, .. var rest] => new VolumeStore("efs", id, Directory(string.Join(':', Enumerable.Reverse(rest).Where(part => part.Length > 0)))),
        "ebs.csi.aws.com" or "ebs.csi.eks.amazonaws.com" => new VolumeStore("ebs", handle),
        _ => new VolumeStore(driver, handle),
    };

    // fs-123.efs.eu-west-1.amazonaws.com is the file system by another way.
    private static VolumeStore OfShare(string server, string path) =>
        server.StartsWith("fs-", StringComparison.Ordinal) && server.Contains(".efs.", StringComparison.Ordinal)
            ? new VolumeStore("efs", server[..server.IndexOf('.', StringComparison.Ordinal)], Directory(path))
            : new VolumeStore("nfs", server, Directory(path));

    private static string Directory(string path) => path.TrimEnd('/');

    private static string Last(string text, char separator) => text[(text.LastIndexOf(separator) + 1)..];
}
