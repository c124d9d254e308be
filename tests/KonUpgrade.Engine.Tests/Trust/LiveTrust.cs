using System.Net;
using System.Text;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Iam;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Kubernetes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Engine.Trust;
using KonUpgrade.Model;
using KonUpgrade.Sandbox.Hosting;
using KonUpgrade.Sandbox.Iam;
using IamRole = KonUpgrade.Sandbox.Iam.IamRole;

namespace KonUpgrade.Engine.Tests.Trust;

/// <summary>A cluster of the sandbox whose ServiceAccounts name roles of the sandbox's IAM.</summary>
internal sealed class LiveTrust : IAsyncDisposable
{
    public const string Account = "123456789012";

    /// <summary>A trust policy that was there before.</summary>
    public static readonly string Service = IamRole.TrustOf("ec2.amazonaws.com");

    private readonly IamClient _client;

    private LiveTrust(SandboxHost host, ClusterConnection green, Uri issuer)
    {
        (Host, Green, Issuer) = (host, green, issuer);
        _client = new IamClient(
            new AwsOptions
            {
                Region = host.Eks!.Settings.Region,
                EndpointUrl = host.Eks.Uri,
                Keys = new AwsKeys(host.Eks.Settings.AccessKeyId, new NetworkCredential("", host.Eks.Settings.SecretAccessKey).SecurePassword, null),
                Environment = _ => null,
            },
            Told);
    }

    public SandboxHost Host { get; }

    public SandboxIam Iam => Host.Iam!;

    public ClusterConnection Green { get; }

    public Uri Issuer { get; }

    public string Provider => $"arn:aws:iam::{Account}:oidc-provider/{Issuer.Host}{Issuer.AbsolutePath}";

    public RecordingReporter Told { get; } = new();

    /// <summary>What a command makes anew each time.</summary>
    public RoleTruster Truster => new(_client, Told);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<LiveTrust> StartAsync()
    {
        var host = await SandboxFixture.StartAsync(new SandboxClusterOptions("green", "1.34"));
        var green = await SandboxFixture.ConnectAsync(host, "green");
        foreach (var ns in new[] { "shop", "lab" })
            (await green.Client.CreateAsync(TestResources.Namespaces, null, TestResources.Namespace(ns), new WriteOptions(), Token)).Dispose();
        return new LiveTrust(host, green, (await green.Client.GetIssuerAsync(Token))!);
    }

    public static string Arn(string role) => $"arn:aws:iam::{Account}:role/{role}";

    public LiveTrust Role(string name, string? policy = null, string path = "/")
    {
        Iam.Add(new IamRole(name) { TrustPolicy = policy ?? Service, Path = path });
        return this;
    }

    /// <summary>Makes a ServiceAccount; <paramref name="more"/> are annotations, and begin with a comma.</summary>
    public async Task NameAsync(string ns, string name, string? role, string more = "")
    {
        var annotations = role is null ? "{}" : $$"""{"eks.amazonaws.com/role-arn":"{{role}}"{{more}}}""";
        var json = "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{\"name\":\"" + name + "\",\"annotations\":" + annotations + "}}";
        (await Green.Client.CreateAsync(CoreResources.ServiceAccounts, ns, Encoding.UTF8.GetBytes(json), new WriteOptions(), Token)).Dispose();
    }

    public Task<IReadOnlyList<RoleTrustChange>> GrantsAsync(params string[] namespaces) => Truster.GrantsAsync(Green, new RoleTrustOptions { Namespace = namespaces }, Token);

    public Task<IReadOnlyList<RoleTrustChange>> RevocationsAsync(params string[] namespaces) => Truster.RevocationsAsync(Green, new RoleTrustOptions { Namespace = namespaces }, Token);

    public static async Task<IReadOnlyList<ClusterRoleTrust>> PlanAsync(IReadOnlyList<RoleTrustChange> changes)
    {
        var plans = new List<ClusterRoleTrust>();
        foreach (var change in changes)
            plans.Add(await change.PlanAsync(Token));
        return plans;
    }

    public static async Task<IReadOnlyList<ClusterRoleTrust>> RunAsync(IReadOnlyList<RoleTrustChange> changes)
    {
        var done = new List<ClusterRoleTrust>();
        foreach (var change in changes)
            done.Add(await change.RunAsync(Token));
        return done;
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Green.DisposeAsync();
        await Host.DisposeAsync();
    }
}
