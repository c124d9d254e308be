using System.Text.RegularExpressions;
using KonUpgrade.Engine.Foundation.Json;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots.Finding;

/// <summary>The store behind a PersistentVolume, as the volume names it.</summary>
/// <param name="Service">The service in its ARN: <c>elasticfilesystem</c>, <c>ec2</c>.</param>
/// <param name="Resource">The resource in its ARN: <c>file-system/fs-0123</c>.</param>
/// <param name="Region">Its region, where the volume tells; else null.</param>
/// <param name="Volume">The volume.</param>
internal sealed partial record VolumeStore(string Service, string Resource, string? Region, StateVolume Volume)
{
    private static readonly string[] s_ebs = ["ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com"];
    private static readonly string[] s_zones = ["topology.ebs.csi.aws.com/zone", "topology.kubernetes.io/zone", "topology.ebs.csi.eks.amazonaws.com/zone", "failure-domain.beta.kubernetes.io/zone"];

    /// <summary>The store of a volume; null where it is none of EFS or EBS.</summary>
    public static VolumeStore? Read(KubernetesObject volume)
    {
        var spec = volume.Root.Member("spec");
        var csi = spec.Member("csi");
        var handle = csi.Text("volumeHandle") ?? "";
        return csi.Text("driver") switch
        {
            "efs.csi.aws.com" => FileSystem(volume, spec, handle),
            { } driver when s_ebs.Contains(driver) => Disk(volume, spec, driver, handle, handle),
            // The kinds that were there before CSI: the drivers serve them since.
            null when spec.Member("awsElasticBlockStore").Text("volumeID") is { } id => Disk(volume, spec, "awsElasticBlockStore", id, id[(id.LastIndexOf('/') + 1)..]),
            null when spec.Member("nfs").Text("server") is { } server => Mounted(volume, server, spec.Member("nfs").Text("path")),
            _ => null,
        };
    }

    /// <summary>The driver of a volume, or its own kind where it has none: for messages.</summary>
    public static string KindOf(KubernetesObject volume)
    {
        var spec = volume.Root.Member("spec");
        if (spec.Member("csi").Text("driver") is { } driver)
            return driver;
        foreach (var kind in new[] { "nfs", "hostPath", "local", "awsElasticBlockStore", "iscsi", "fc", "cephfs", "rbd", "flexVolume" })
        {
            if (spec.Member(kind).HasContent)
                return kind;
        }

        return "another kind";
    }

    /// <summary>The region of a zone: us-west-2 of us-west-2a, and of us-west-2-lax-1a; null for what is no zone.</summary>
    public static string? RegionOf(string? zone) => zone is not null && Zone().Match(zone) is { Success: true } match ? match.Value : null;

    // FILESYSTEM, FILESYSTEM:PATH, FILESYSTEM::ACCESSPOINT, FILESYSTEM:PATH:ACCESSPOINT: volumes made by hand, and (the third) by the driver.
    private static VolumeStore? FileSystem(KubernetesObject volume, JsonPart spec, string handle)
    {
        var parts = handle.Split(':');
        if (parts.Length > 3 || !FileSystemId().IsMatch(parts[0]))
            return null;
        var point = parts.Length > 2 && parts[2].Length > 0 ? parts[2] : spec.Texts("mountOptions").Where(static option => option.StartsWith("accesspoint=", StringComparison.Ordinal)).Select(static option => option["accesspoint=".Length..]).FirstOrDefault();
        var path = parts.Length > 1 && parts[1].Trim('/').Length > 0 ? parts[1] : null;
        return new VolumeStore("elasticfilesystem", $"file-system/{parts[0]}", null, Of(volume, "efs.csi.aws.com", handle) with { AccessPointId = point, Path = path });
    }

    private static VolumeStore? Disk(KubernetesObject volume, JsonPart spec, string driver, string handle, string id) =>
        DiskId().IsMatch(id) ? new VolumeStore("ec2", $"volume/{id}", RegionOf(ZoneOf(volume, spec, handle)), Of(volume, driver, handle)) : null;

    private static VolumeStore? Mounted(KubernetesObject volume, string server, string? path) => FileSystemHost().Match(server) is { Success: true } match
        ? new VolumeStore("elasticfilesystem", $"file-system/{match.Groups["id"].Value}", match.Groups["region"].Value, Of(volume, "nfs", $"{server}:{path}") with { Path = path?.Trim('/').Length > 0 ? path : null })
        : null;

    private static string? ZoneOf(KubernetesObject volume, JsonPart spec, string handle)
    {
        // aws://eu-west-1a/vol-0123
        if (handle.StartsWith("aws://", StringComparison.Ordinal) && handle["aws://".Length..].Split('/') is [{ Length: > 0 } written, _])
            return written;
        foreach (var term in spec.Member("nodeAffinity").Member("required").Objects("nodeSelectorTerms"))
        {
            foreach (var expression in term.Objects("matchExpressions"))
            {
                if (expression.Text("key") is { } key && s_zones.Contains(key) && expression.Texts("values").FirstOrDefault() is { } zone)
                    return zone;
            }
        }

        return s_zones.Select(volume.Label).FirstOrDefault(static zone => zone is not null);
    }

    private static StateVolume Of(KubernetesObject volume, string driver, string handle)
    {
        var claim = volume.Root.Member("spec").Member("claimRef");
        return new StateVolume
        {
            Name = volume.Name,
            Namespace = claim.Text("namespace"),
            Claim = claim.Text("name"),
            Driver = driver,
            VolumeHandle = handle,
            Phase = volume.Root.Member("status").Text("phase"),
        };
    }

    [GeneratedRegex("^fs-[0-9a-f]+$")]
    private static partial Regex FileSystemId();

    [GeneratedRegex("^vol-[0-9a-f]+$")]
    private static partial Regex DiskId();

    // The host of a file system, or of its target in one zone.
    [GeneratedRegex(@"^(?:[a-z0-9-]+\.)?(?<id>fs-[0-9a-f]+)\.efs\.(?<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)\.?$", RegexOptions.IgnoreCase)]
    private static partial Regex FileSystemHost();

    [GeneratedRegex("^[a-z]{2,}(?:-[a-z]+)+-[0-9]+")]
    private static partial Regex Zone();
}
