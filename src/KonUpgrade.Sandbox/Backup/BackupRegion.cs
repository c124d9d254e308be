using System.Globalization;
using KonUpgrade.Sandbox.Aws;
using KonUpgrade.Sandbox.Backup.Jobs;
using KonUpgrade.Sandbox.Backup.Vaults;
using KonUpgrade.Sandbox.Behaviors;
using KonUpgrade.Sandbox.DataPlane.Clocks;

namespace KonUpgrade.Sandbox.Backup;

/// <summary>The region's vaults, jobs and recovery points, and what there is to protect. Everything in it changes under its gate.</summary>
internal sealed class BackupRegion
{
    private static readonly string[] AllTypes = ["Aurora", "CloudFormation", "DocumentDB", "DynamoDB", "EBS", "EC2", "EFS", "EKS", "FSx", "Neptune", "RDS", "Redshift", "S3", "Storage Gateway", "Timestream", "VirtualMachine"];

    private readonly Func<AwsKey> _key;
    private readonly Func<string, bool>? _mayAssume;
    private readonly SimulationClock _clock = new();
    private readonly List<BackupResource> _resources;
    private readonly string _identity = Guid.NewGuid().ToString();
    private BackupSettings _settings;
    private int _made;

    /// <param name="settings">How it behaves.</param>
    /// <param name="resources">What there is to protect.</param>
    /// <param name="key">The account's key.</param>
    /// <param name="mayAssume">Whether the account's IAM lets the service assume a role; null where there is no IAM.</param>
    public BackupRegion(BackupSettings settings, IReadOnlyList<BackupResource> resources, Func<AwsKey> key, Func<string, bool>? mayAssume = null)
    {
        _mayAssume = mayAssume;
        _key = key;
        _settings = settings;
        _resources = [.. resources];
        _clock.Speed = settings.Speed;
        foreach (string type in AllTypes) OptIn[type] = true;
        foreach (string name in settings.Vaults) AddVault(name, new(StringComparer.Ordinal), null, null);
    }

    /// <summary>Held for a moment by whoever reads or changes anything.</summary>
    public object Gate { get; } = new();

    public BackupSettings Settings
    {
        get => _settings;
        set => (_settings, _clock.Speed) = (value, value.Speed);
    }

    public BackupTroubles Troubles { get; } = new();

    public SortedDictionary<string, bool> OptIn { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, Vault> Vaults { get; } = new(StringComparer.Ordinal);

    /// <summary>The backup jobs, the oldest first.</summary>
    public List<BackupJob> Jobs { get; } = [];

    public List<RestoreJob> Restores { get; } = [];

    /// <summary>What was begun with which token.</summary>
    public Dictionary<(string Operation, string Token), (string Id, string Asked)> Tokens { get; } = [];

    public IReadOnlyList<BackupResource> Resources => _resources;

    public string AccountId => _key().AccountId;

    public string Region => _key().Region;

    public DateTimeOffset Now => _clock.Now;

    public void Advance(TimeSpan by)
    {
        _clock.MoveTo(_clock.Now + by);
        Carry();
    }

    /// <summary>Lets all that should have happened by now have happened.</summary>
    public void Carry()
    {
        DateTimeOffset now = Now;
        foreach (BackupJob job in Jobs.Where(job => job.Parent is null).ToArray()) BackupLife.Carry(this, job, now);
        foreach (RestoreJob job in Restores) job.Carry(this, now);
        foreach (Vault vault in Vaults.Values) vault.Points.RemoveAll(point => point.DeleteAt <= now);
    }

    public BackupResource? Find(string arn) => _resources.Find(resource => resource.Arn == arn);

    public void Add(BackupResource resource)
    {
        _resources.RemoveAll(other => other.Arn == resource.Arn);
        _resources.Add(resource);
    }

    /// <summary>Whether the service may assume a role.</summary>
    public bool MayAssume(string roleArn)
        => _mayAssume?.Invoke(roleArn) ?? (roleArn.Split(':') is [_, _, _, _, var account, var rest] && account == AccountId && Settings.Roles.Contains(rest[(rest.LastIndexOf('/') + 1)..]));

    public string Arn(string service, string rest) => $"arn:aws:{service}:{Region}:{AccountId}:{rest}";

    /// <summary>Sixteen or more digits that follow from a text.</summary>
    public string Hash(string of) => Stable.Uid($"{_identity}/{of}").Replace("-", string.Empty, StringComparison.Ordinal);

    public string NewId() => Stable.Uid($"{_identity}/{++_made}").ToUpperInvariant();

    public Vault AddVault(string name, SortedDictionary<string, string> tags, string? keyArn, string? creatorRequestId)
    {
        var vault = new Vault
        {
            Name = name,
            Arn = Arn("backup", $"backup-vault:{name}"),
            CreatedAt = Now,
            KeyArn = keyArn ?? Arn("kms", "key/00000000-0000-4000-8000-000000000000"),
            CreatorRequestId = creatorRequestId,
            Tags = tags,
        };
        Vaults.Add(name, vault);
        return vault;
    }

    /// <summary>What a job begins to make, in its vault.</summary>
    public RecoveryPoint NewPoint(BackupJob job)
    {
        string at = job.CreatedAt.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        string small = job.Id.ToLowerInvariant();
        var point = new RecoveryPoint
        {
            // Snapshots of other services are the recovery points of what those keep themselves.
            Arn = job.Resource.Type switch
            {
                "RDS" => Arn("rds", $"snapshot:awsbackup:job-{small}"),
                "Aurora" => Arn("rds", $"cluster-snapshot:awsbackup:job-{small}"),
                "EBS" => $"arn:aws:ec2:{Region}::snapshot/snap-0{Hash(job.Id)[..16]}",
                "EC2" => $"arn:aws:ec2:{Region}::image/ami-0{Hash(job.Id)[..16]}",
                "S3" => Arn("backup", $"recovery-point:{job.Resource.Name}-{at}-{Hash(job.Id)[..8]}"),
                "EKS" => Arn("backup", $"recovery-point:composite:eks/{job.Resource.Name}-{at}-{Hash(job.Id)[..8]}"),
                _ => Arn("backup", $"recovery-point:{small}"),
            },
            Vault = job.Vault,
            Resource = job.Resource,
            RoleArn = job.RoleArn,
            CreatedAt = job.CreatedAt,
            Tags = job.Tags,
            // A part may begin before the whole is looked at.
            ParentArn = job.Parent is { } parent ? (parent.Point ??= NewPoint(parent)).Arn : null,
            IsParent = job.IsParent,
            DeleteAfterDays = job.DeleteAfterDays,
            ColdAfterDays = job.ColdAfterDays,
        };
        job.Vault.Points.Add(point);
        return point;
    }
}
