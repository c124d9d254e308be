using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Backup;
using KonUpgrade.Sandbox.Hosting;
using KonUpgrade.Sandbox.Tests.Eks;

namespace KonUpgrade.Sandbox.Tests.Backup;

/// <summary>An AWS Backup of its own, whose clock stands still until the test moves it.</summary>
public abstract class BackupPlay : IAsyncLifetime
{
    private SandboxHost? _host;
    private EksClient? _client;

    protected const string Bucket = "arn:aws:s3:::artifacts";
    protected const string Database = "arn:aws:rds:eu-central-1:123456789012:db:pipelines";
    protected const string Files = "arn:aws:elasticfilesystem:eu-central-1:123456789012:file-system/fs-0123456789abcdef0";
    protected const string Volume = "arn:aws:ec2:eu-central-1:123456789012:volume/vol-0123456789abcdef0";
    protected const string Cluster = "arn:aws:eks:eu-central-1:123456789012:cluster/blue";

    protected SandboxHost Host => _host ?? throw new InvalidOperationException("The sandbox is not started.");

    protected SandboxBackup Backup => Host.Backup!;

    protected EksClient Client => _client!;

    protected virtual BackupSettings Settings => new()
    {
        Speed = 0,
        Resources = [new(Bucket) { Bytes = 64L << 20 }, new(Database), new(Files), new(Volume), new(Cluster) { Bytes = 1, Parts = [Volume, Files] }],
    };

    public async ValueTask InitializeAsync()
    {
        _host = await SandboxHost.StartAsync(new SandboxOptions { Clusters = [new("blue", "1.33")], Backup = Settings }, TestContext.Current.CancellationToken);
        _client = new EksClient(_host.Eks!) { Service = "backup" };
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_host is not null) await _host.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected static string Encoded(string arn) => Uri.EscapeDataString(arn);

    protected void Advance(double seconds) => Backup.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>The body of a StartBackupJob; <paramref name="more"/> begins with a comma.</summary>
    protected string Body(string arn, string more = "", string vault = "Default", string? role = null)
        => $$"""{"BackupVaultName":"{{vault}}","ResourceArn":"{{arn}}","IamRoleArn":"{{role ?? Backup.RoleArn}}"{{more}}}""";

    /// <summary>Begins a job; gives its id.</summary>
    protected async Task<string> StartAsync(string arn, string more = "", string vault = "Default")
        => (string)(await Client.SendAsync(HttpMethod.Put, "/backup-jobs", Body(arn, more, vault))).Must(200).Json["BackupJobId"]!;

    protected async Task<JsonObject> JobAsync(string id) => (await Client.GetAsync($"/backup-jobs/{id}")).Must(200).Json;

    protected async Task<string?> StateAsync(string id) => (string?)(await JobAsync(id))["State"];

    /// <summary>A job that is done; gives its recovery point's ARN.</summary>
    protected async Task<string> CompletedAsync(string arn, string more = "")
    {
        string id = await StartAsync(arn, more);
        Advance(60);
        JsonObject job = await JobAsync(id);
        Assert.Equal("COMPLETED", (string?)job["State"]);
        return (string)job["RecoveryPointArn"]!;
    }
}
