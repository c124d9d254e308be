using System.Text.Json;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Snapshots.Restoring;

/// <summary>
/// What StartRestoreJob is asked with, for each type of resource: from what the recovery point says and from what is wanted.
/// The keys are those of the service's guide for each type; lists are JSON in texts.
/// </summary>
internal static class RestoreMetadata
{
    private const int MostItems = 5;

    /// <summary>The metadata, and where the data will be.</summary>
    /// <param name="type">The type of the resource.</param>
    /// <param name="resource">The ARN of what was backed up.</param>
    /// <param name="said">What the recovery point says.</param>
    /// <param name="shape">What is wanted.</param>
    /// <exception cref="UpgradeException">RestoreNotSupported, RestoreNameMissing, RestoreShapeInvalid.</exception>
    public static (IReadOnlyDictionary<string, string> Metadata, string Location) Of(string type, string resource, IReadOnlyDictionary<string, string> said, RestoreShape shape)
    {
        var name = resource[(resource.LastIndexOfAny([':', '/']) + 1)..];
        return type switch
        {
            "EFS" => FileSystem(name, said, shape),
            "S3" => Bucket(name, shape),
            "RDS" => Database(name, said, shape),
            "Aurora" => DatabaseCluster(name, said, shape),
            "EBS" => Volume(said, shape),
            _ => throw new UpgradeException(RestoreFailures.NotSupported(type, resource)),
        };
    }

    private static (IReadOnlyDictionary<string, string>, string) FileSystem(string name, IReadOnlyDictionary<string, string> said, RestoreShape shape)
    {
        Refuse("EFS", shape, (shape.NewName is not null, "-NewName: the service names a new file system itself"), (shape.InPlace && shape.KmsKeyId is not null, "-KmsKeyId with -InPlace: the file system has its key"));
        var metadata = new Dictionary<string, string>
        {
            ["file-system-id"] = said.GetValueOrDefault("file-system-id") ?? name,
            ["newFileSystem"] = shape.InPlace ? "false" : "true",
            ["Encrypted"] = shape.KmsKeyId is not null ? "true" : said.GetValueOrDefault("Encrypted") ?? "true",
        };
        if (!shape.InPlace)
        {
            metadata["PerformanceMode"] = said.GetValueOrDefault("PerformanceMode") ?? "generalPurpose";
            Set(metadata, "KmsKeyId", shape.KmsKeyId ?? (metadata["Encrypted"] == "true" ? said.GetValueOrDefault("KmsKeyId") : null));
        }

        Set(metadata, "ItemsToRestore", Items(shape));
        return (metadata, $"In {(shape.InPlace ? $"the file system {name} itself" : "a new file system")}, below /aws-backup-restore_<time>: move it from there to where it is looked for.");
    }

    private static (IReadOnlyDictionary<string, string>, string) Bucket(string name, RestoreShape shape)
    {
        Refuse("S3", shape);
        if (!shape.InPlace && shape.NewName is null)
            throw new UpgradeException(RestoreFailures.NameMissing("bucket", name));
        if (!shape.InPlace && shape.NewName == name)
            throw new UpgradeException(RestoreFailures.NameTaken("bucket", name, "-InPlace writes into it"));
        var bucket = shape.InPlace ? name : shape.NewName!;
        var metadata = new Dictionary<string, string> { ["DestinationBucketName"] = bucket, ["NewBucket"] = "false", ["EncryptionType"] = shape.KmsKeyId is null ? "original" : "SSE-KMS" };
        Set(metadata, "KMSKey", shape.KmsKeyId);
        Set(metadata, "ItemsToRestore", Items(shape));
        return (metadata, $"In the bucket {bucket}, under the same keys. Keys that are there already are left as they are.");
    }

    private static (IReadOnlyDictionary<string, string>, string) Database(string name, IReadOnlyDictionary<string, string> said, RestoreShape shape)
    {
        Refuse("RDS", shape, (shape.InPlace, "-InPlace: the service always makes a new instance"));
        var identifier = Identifier("DB instance", name, shape);
        var metadata = Wanted(said, "DBInstanceClass", "Port", "StorageType", "OptionGroupName", "CopyTagsToSnapshot", "AutoMinorVersionUpgrade", "DBSubnetGroupName", "VpcSecurityGroupIds", "MultiAZ", "PubliclyAccessible");
        metadata["DBInstanceIdentifier"] = identifier;
        Set(metadata, "DBInstanceClass", shape.InstanceClass);
        Set(metadata, "DBSubnetGroupName", shape.SubnetGroup);
        Set(metadata, "VpcSecurityGroupIds", List(shape.SecurityGroupIds));
        Set(metadata, "MultiAZ", Flag(shape.MultiAz));
        Set(metadata, "PubliclyAccessible", Flag(shape.PubliclyAccessible));
        return (metadata, $"In the new DB instance {identifier}, which has an endpoint of its own: what uses the old one must be told.");
    }

    private static (IReadOnlyDictionary<string, string>, string) DatabaseCluster(string name, IReadOnlyDictionary<string, string> said, RestoreShape shape)
    {
        Refuse(
            "Aurora", shape, (shape.InPlace, "-InPlace: the service always makes a new cluster"), (shape.InstanceClass is not null, "-InstanceClass: the cluster comes back without instances"),
            (shape.MultiAz is not null, "-MultiAz: the cluster comes back without instances"), (shape.PubliclyAccessible is not null, "-PubliclyAccessible: the cluster comes back without instances"));
        var identifier = Identifier("DB cluster", name, shape);
        // Keys are told as they were returned; their case differs with the age of the recovery point.
        var metadata = Wanted(said, "engine", "engineVersion", "port", "dbSubnetGroupName", "vpcSecurityGroupIds", "dbClusterParameterGroupName", "kmsKeyId", "availabilityZones");
        metadata["dbClusterIdentifier"] = identifier;
        Set(metadata, "dbSubnetGroupName", shape.SubnetGroup);
        Set(metadata, "vpcSecurityGroupIds", List(shape.SecurityGroupIds));
        Set(metadata, "kmsKeyId", shape.KmsKeyId);
        return (metadata, $"In the new DB cluster {identifier}, which has no instances yet: make one in it, and tell what uses the old one.");
    }

    private static (IReadOnlyDictionary<string, string>, string) Volume(IReadOnlyDictionary<string, string> said, RestoreShape shape)
    {
        Refuse("EBS", shape, (shape.InPlace, "-InPlace: the service always makes a new volume"), (shape.NewName is not null, "-NewName: the service names a new volume itself"));
        if (shape.AvailabilityZone is not { Length: > 0 } zone)
            throw new UpgradeException(RestoreFailures.ShapeInvalid("A volume is made in a zone, and none is said.", "Give -AvailabilityZone one that has a node which is to mount it."));
        var metadata = new Dictionary<string, string> { ["availabilityZone"] = zone, ["encrypted"] = shape.KmsKeyId is not null ? "true" : said.GetValueOrDefault("encrypted") ?? said.GetValueOrDefault("Encrypted") ?? "false" };
        Set(metadata, "kmsKeyId", shape.KmsKeyId);
        Set(metadata, "volumeType", shape.VolumeType);
        return (metadata, $"In a new volume in {zone}: make a PersistentVolume of it.");
    }

    // What fits no restore of this type is refused here: the service passes over keys that it does not know.
    private static void Refuse(string type, RestoreShape shape, params ReadOnlySpan<(bool Is, string Why)> own)
    {
        var isDatabase = type is "RDS" or "Aurora";
        (bool Is, string Why)[] all =
        [
            .. own,
            (!isDatabase && shape.InstanceClass is not null, "-InstanceClass: that is of databases"), (!isDatabase && shape.SubnetGroup is not null, "-SubnetGroup: that is of databases"),
            (!isDatabase && shape.SecurityGroupIds.Count > 0, "-SecurityGroup: that is of databases"), (!isDatabase && shape.MultiAz is not null, "-MultiAZ: that is of databases"),
            (!isDatabase && shape.PubliclyAccessible is not null, "-PubliclyAccessible: that is of databases"),
            (type != "EBS" && shape.AvailabilityZone is not null, "-AvailabilityZone: that is of volumes"), (type != "EBS" && shape.VolumeType is not null, "-VolumeType: that is of volumes"),
            (type is not ("EFS" or "S3") && shape.Items.Count > 0, "-Item: only paths of a file system and keys of a bucket can be chosen"),
            (type == "RDS" && shape.KmsKeyId is not null, "-KmsKeyId: an instance keeps the key of its backup"), (shape.Items.Count > MostItems, $"more than {MostItems} of -Item at once"),
        ];
        var why = all.Where(static each => each.Is).Select(static each => each.Why).ToList();
        if (why.Count > 0)
            throw new UpgradeException(RestoreFailures.ShapeInvalid($"A backup of {type} can't be restored with {string.Join("; nor with ", why)}.", "Leave out what does not fit this type."));
    }

    // A name that nobody has, by the rules of RDS: 63 letters, digits and hyphens, small, a letter first, no hyphen last and no two together.
    private static string Identifier(string kind, string name, RestoreShape shape)
    {
        if (shape.NewName is not { Length: > 0 } given)
            throw new UpgradeException(RestoreFailures.NameMissing(kind, name));
        var identifier = given.ToLowerInvariant();
        if (identifier == name)
            throw new UpgradeException(RestoreFailures.NameTaken(kind, name, "the service never restores over it"));
        if (identifier.Length > 63 || !char.IsAsciiLetterLower(identifier[0]) || identifier[^1] == '-' || identifier.Contains("--", StringComparison.Ordinal) || !identifier.All(static letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-'))
            throw new UpgradeException(RestoreFailures.ShapeInvalid($"'{given}' can be no {kind}'s name.", "It has 63 letters, digits and hyphens at most, begins with a letter, ends with no hyphen and has no two together."));
        return identifier;
    }

    private static Dictionary<string, string> Wanted(IReadOnlyDictionary<string, string> said, params ReadOnlySpan<string> keys)
    {
        var wanted = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var key in keys)
        {
            var found = said.FirstOrDefault(pair => string.Equals(pair.Key, key, StringComparison.OrdinalIgnoreCase));
            if (found.Value is { Length: > 0 } value)
                wanted[found.Key] = value;
        }

        return wanted;
    }

    private static void Set(Dictionary<string, string> metadata, string key, string? value)
    {
        if (value is not null)
            metadata[key] = value;
    }

    private static string? Items(RestoreShape shape) => List(shape.Items);

    private static string? List(IReadOnlyList<string> texts) => texts.Count == 0 ? null : JsonSerializer.Serialize(texts);

    private static string? Flag(bool? value) => value switch { true => "true", false => "false", null => null };
}
