using System.Net;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Backup;
using KonUpgrade.Engine.Aws.Tagging;
using KonUpgrade.Engine.Snapshots;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Backup;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Engine.Tests.Snapshots;

/// <summary>An AWS Backup of the sandbox, whose clock stands still or runs fast, and a client of it.</summary>
internal sealed class LiveBackup : IAsyncDisposable
{
    public const string Bucket = "arn:aws:s3:::artifacts";
    public const string Database = "arn:aws:rds:eu-central-1:123456789012:db:pipelines";
    public const string Files = "arn:aws:elasticfilesystem:eu-central-1:123456789012:file-system/fs-0123456789abcdef0";
    public const string Volume = "arn:aws:ec2:eu-central-1:123456789012:volume/vol-0123456789abcdef0";
    public const string Cluster = "arn:aws:eks:eu-central-1:123456789012:cluster/blue";

    private LiveBackup(SandboxHost host, AwsOptions options)
    {
        Host = host;
        Options = options;
        Client = new BackupClient(options, Told);
        Tagging = new TaggingClient(options, Told);
    }

    public SandboxHost Host { get; }

    public SandboxBackup Service => Host.Backup!;

    public AwsOptions Options { get; }

    public BackupClient Client { get; }

    public TaggingClient Tagging { get; }

    public SnapshotReader Reader => new(Client, Tagging, Told);

    public RecordingReporter Told { get; } = new();

    public SnapshotWaitOptions Quick { get; } = new() { Interval = TimeSpan.FromMilliseconds(20), Timeout = TimeSpan.FromSeconds(60) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<LiveBackup> StartAsync(double speed, params (string Name, string Value)[] environment)
    {
        var settings = new BackupSettings
        {
            Speed = speed,
            Resources = [new(Bucket) { Bytes = 64L << 20 }, new(Database) { Bytes = 8L << 30 }, new(Files) { Bytes = 2L << 30 }, new(Volume), new(Cluster) { Bytes = 1, Parts = [Volume, Files] }],
        };
        var host = await SandboxHost.StartAsync(new SandboxOptions { Clusters = [new("blue", "1.33")], Backup = settings }, Token);
        var options = new AwsOptions
        {
            Region = host.Eks!.Settings.Region,
            EndpointUrl = host.Eks.Uri,
            Keys = new AwsKeys(host.Eks.Settings.AccessKeyId, new NetworkCredential("", host.Eks.Settings.SecretAccessKey).SecurePassword, null),
            Environment = name => environment.FirstOrDefault(variable => variable.Name == name).Value,
        };
        return new LiveBackup(host, options);
    }

    public SnapshotRequest Request(string name = "before-green", string vault = "Default") => new() { Name = name, BackupVaultName = vault, IamRoleArn = Service.RoleArn };

    public SnapshotTaker Taker(SnapshotRequest? request = null, TimeProvider? time = null) => new(Client, Tagging, request ?? Request(), Told, time);

    /// <summary>Prepares, begins one after the other, and waits for all.</summary>
    public async Task<List<StateSnapshot>> TakeAsync(SnapshotRequest request, params string[] resources)
    {
        var taker = Taker(request);
        Assert.True(await taker.PrepareAsync(Token));
        var begun = new List<StateSnapshot>();
        foreach (var resource in resources)
            begun.Add(await taker.StartAsync(new SnapshotStore(resource), Token));
        return await new SnapshotWaiter(Client, Told).WaitAsync(begun, Quick, Token).ToListAsync(Token);
    }

    public async Task<StateSnapshot> StartAsync(string resource, SnapshotRequest? request = null)
    {
        var taker = Taker(request);
        Assert.True(await taker.PrepareAsync(Token));
        return await taker.StartAsync(new SnapshotStore(resource), Token);
    }

    public async Task<int> JobsAsync(string? resource = null) => await Client.ListBackupJobsAsync(new BackupJobFilter { ByResourceArn = resource }, Token).CountAsync(Token);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Tagging.Dispose();
        await Host.DisposeAsync();
    }
}
