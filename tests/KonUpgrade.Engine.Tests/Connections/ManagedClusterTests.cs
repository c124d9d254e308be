using System.Text;
using System.Text.Json;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Tests.Aws;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Connections;

/// <summary>Managed clusters are connected without a kubeconfig, and EKS is only changed where it means the same cluster.</summary>
public sealed class ManagedClusterTests : IDisposable
{
    private const string Arn = "arn:aws:eks:eu-west-1:111122223333:cluster/blue";
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_managed_cluster_is_reached_by_what_the_service_told_and_with_its_own_login()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Server();
        await using var api = await FakeServer.StartAsync(context => FakeServer.JsonAsync(context, """{"kind":"Namespace","apiVersion":"v1","metadata":{"name":"kube-system","uid":"uid-blue"}}"""), certificate);
        await using var scene = await EksScene.StartAsync();
        scene.Answer(Described(api.Uri.ToString(), authority.Pem));
        var managed = await GetAsync(scene);
        Assert.Equal(("blue", "eu-west-1", "ACTIVE", "vpc-1", "Credential"), (managed.Name, managed.Region, managed.Status, managed.VpcId, managed.Login));
        Assert.Equal(["sg-own", "sg-more"], managed.SecurityGroupId);
        var reporter = new RecordingReporter();
        await using var connection = await OpenAsync(managed, reporter);
        Assert.Equal("uid-blue", (await connection.GetIdentityAsync(Token)).Uid);
        // Not the name, which a context of a kubeconfig may have too.
        Assert.Equal(Arn, connection.Context.Name);
        var bearer = api.Seen.First().Headers["Authorization"].Single();
        Assert.StartsWith("Bearer k8s-aws-v1.", bearer, StringComparison.Ordinal);
        var url = Decode(bearer["Bearer k8s-aws-v1.".Length..]);
        Assert.StartsWith("https://sts.eu-west-1.amazonaws.com/", url, StringComparison.Ordinal);
        Assert.Contains("AKIDTEST%2F", url, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", reporter.Text + scene.Reporter.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_secret_leaves_with_the_object_and_without_its_keys_it_logs_in_as_nobody_else()
    {
        await using var scene = await EksScene.StartAsync();
        scene.Answer(Described("https://x.gr7.eu-west-1.eks.amazonaws.com", "pem"));
        var managed = await GetAsync(scene);
        var json = JsonSerializer.Serialize(managed);
        Assert.DoesNotContain("hush", json + managed, StringComparison.Ordinal);
        Assert.DoesNotContain("AKIDTEST", json, StringComparison.Ordinal);
        var returned = JsonSerializer.Deserialize<ManagedCluster>(json)!;
        var e = await Assert.ThrowsAsync<UpgradeException>(() => OpenAsync(returned));
        Assert.Equal(("AwsCredentialGone", FailureKind.Authentication), (e.Failure.Id, e.Failure.Kind));
        Assert.Contains("Get-ManagedCluster blue -Region eu-west-1", e.Failure.Recommendation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "UEVN", FailureKind.Unavailable)]
    [InlineData("https://x.gr7.eu-west-1.eks.amazonaws.com", null, FailureKind.Security)]
    [InlineData("https://x.gr7.eu-west-1.eks.amazonaws.com", "no base64", FailureKind.Security)]
    [InlineData("https://x.gr7.eu-west-1.eks.amazonaws.com", "UEVN", FailureKind.Security)]
    public async Task A_managed_cluster_that_is_not_ready_is_told(string? endpoint, string? authority, FailureKind kind)
    {
        var e = await Assert.ThrowsAsync<UpgradeException>(() => OpenAsync(new ManagedCluster { Name = "blue", Region = "eu-west-1", Status = "CREATING", Endpoint = endpoint, CertificateAuthority = authority }));
        Assert.Equal(("ManagedClusterNotReady", kind), (e.Failure.Id, e.Failure.Kind));
    }

    [Theory]
    [InlineData("http://10.1.2.3:6443", true)]
    [InlineData("http://x.gr7.eu-west-1.eks.amazonaws.com", true)]
    [InlineData("http://127.0.0.1:6443", false)]
    public async Task No_login_goes_to_an_endpoint_without_TLS_but_one_of_this_machine(string endpoint, bool isRefused)
    {
        var e = await Assert.ThrowsAsync<UpgradeException>(() => OpenAsync(new ManagedCluster { Name = "blue", Region = "eu-west-1", Status = "ACTIVE", Endpoint = endpoint, CertificateAuthority = null }));
        Assert.Equal((isRefused ? "ManagedEndpointNotProtected" : "ManagedClusterNotReady", FailureKind.Security), (e.Failure.Id, e.Failure.Kind));
    }

    [Theory]
    [InlineData("some-entry", "[eks, get-token, --cluster-name, blue, --region, eu-central-1, --profile, p]", "blue", "eu-central-1")]
    [InlineData("some-entry", "[eks, get-token, --cluster-name, blue]", "blue", "eu-west-1")]
    [InlineData("arn:aws:eks:us-east-2:111122223333:cluster/green", "[eks, get-token, --cluster-name, blue, --region, eu-central-1]", "blue", "eu-central-1")]
    [InlineData("arn:aws:eks:us-east-2:111122223333:cluster/green", "[eks, get-token, --cluster-id, 0b1c]", "green", "us-east-2")]
    [InlineData("arn:aws-cn:eks:cn-north-1:111122223333:cluster/green", null, "green", "cn-north-1")]
    [InlineData("some-entry", "[eks, get-token, --cluster-id, 0b1c]", null, null)]
    [InlineData("arn:aws:iam::111122223333:role/green", null, null, null)]
    [InlineData("some-entry", "[cluster, get-token, --cluster, blue]", "blue", "eu-west-1", "/usr/local/bin/kon")]
    [InlineData("some-entry", "[cluster, get-token]", null, null, "kon")]
    [InlineData("some-entry", "[cluster, get-token, --cluster, blue]", null, null, "konsole")]
    [InlineData("blue.eu-west-1.eksctl.io", null, null, null)]
    public async Task The_name_in_EKS_comes_from_the_login_program_or_an_ARN_and_never_from_the_context(string entry, string? arguments, string? name, string? region, string command = "aws")
    {
        await using var connection = await OpenKubeConfigAsync("https://x.gr7.eu-west-1.eks.amazonaws.com", entry, arguments, command);
        Assert.Equal((name, region), (connection.Eks?.ClusterName, connection.Eks?.Login.Region));
        if (name is not null)
            return;
        var e = Assert.Throws<UpgradeException>(() => EksAccess.Open(connection, null, NullReporter.Instance));
        Assert.Equal("NotAnEksCluster", e.Failure.Id);
    }

    [Theory]
    [InlineData("https://X.gr7.eu-west-1.eks.amazonaws.com", true)]
    [InlineData("https://x.gr7.eu-west-1.eks.amazonaws.com:443/", true)]
    [InlineData("https://y.gr7.eu-west-1.eks.amazonaws.com", false)]
    [InlineData("http://x.gr7.eu-west-1.eks.amazonaws.com", false)]
    [InlineData("https://x.gr7.eu-west-1.eks.amazonaws.com:8443", false)]
    [InlineData("https://x.gr7.eu-west-1.eks.amazonaws.com/other", false)]
    public async Task Before_EKS_is_changed_its_endpoint_must_be_the_server_of_the_kubeconfig(string endpoint, bool isSame)
    {
        await using var scene = await EksScene.StartAsync();
        scene.Answer(Described(endpoint, "pem"));
        await using var connection = await OpenKubeConfigAsync("https://x.gr7.eu-west-1.eks.amazonaws.com", "some-entry", "[eks, get-token, --cluster-name, blue]");
        using var access = EksAccess.Open(connection, new AwsOptions { EndpointUrl = scene.Server.Uri }, NullReporter.Instance);
        if (isSame)
        {
            Assert.Equal("1.33", (await access.RequireSameAsync(Token)).Version);
        }
        else
        {
            var e = await Assert.ThrowsAsync<UpgradeException>(() => access.RequireSameAsync(Token));
            Assert.Equal(("EksClusterMismatch", FailureKind.Refused), (e.Failure.Id, e.Failure.Kind));
        }
        // Asked as whom the login program's own environment says.
        Assert.Equal("GET /clusters/blue", scene.Seen.Single().Request);
        Assert.Contains("AKIDEXEC/", scene.Seen.Single().Authorization, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_that_was_deleted_and_made_anew_since_the_object_was_got_is_not_changed()
    {
        using var authority = new TestAuthority();
        await using var scene = await EksScene.StartAsync();
        scene.Answer(Described("https://old.gr7.eu-west-1.eks.amazonaws.com", authority.Pem)).Answer(Described("https://new.gr7.eu-west-1.eks.amazonaws.com", authority.Pem));
        await using var connection = await OpenAsync(await GetAsync(scene) with { EndpointUrl = scene.Server.Uri.ToString() });
        using var access = EksAccess.Open(connection, null, NullReporter.Instance);
        Assert.Equal("EksClusterMismatch", (await Assert.ThrowsAsync<UpgradeException>(() => access.RequireSameAsync(Token))).Failure.Id);
    }

    [Fact]
    public async Task What_was_given_for_the_service_comes_before_the_clusters_own_login()
    {
        await using var scene = await EksScene.StartAsync();
        scene.Answer(Described("https://x.gr7.eu-west-1.eks.amazonaws.com", "pem"));
        await using var connection = await OpenKubeConfigAsync("https://x.gr7.eu-west-1.eks.amazonaws.com", "some-entry", "[eks, get-token, --cluster-name, blue]");
        using var access = EksAccess.Open(connection, new AwsOptions { EndpointUrl = scene.Server.Uri, Keys = TestKeys.Of("AKIDGIVEN", "x"), Region = "eu-north-1" }, NullReporter.Instance);
        await access.RequireSameAsync(Token);
        Assert.Contains("AKIDGIVEN/", scene.Seen.Single().Authorization, StringComparison.Ordinal);
        Assert.Contains("/eu-north-1/eks/", scene.Seen.Single().Authorization, StringComparison.Ordinal);
    }

    private static string Described(string endpoint, string pem) => JsonSerializer.Serialize(new
    {
        cluster = new
        {
            name = "blue",
            arn = Arn,
            version = "1.33",
            status = "ACTIVE",
            endpoint,
            certificateAuthority = new { data = Convert.ToBase64String(Encoding.UTF8.GetBytes(pem)) },
            resourcesVpcConfig = new { vpcId = "vpc-1", clusterSecurityGroupId = "sg-own", securityGroupIds = new[] { "sg-more" } },
        },
    });

    private static async Task<ManagedCluster> GetAsync(EksScene scene)
    {
        using var clusters = new ManagedClusters(EksScene.Options(scene.Server.Uri), scene.Reporter);
        return await clusters.GetAsync("blue", Token);
    }

    private static Task<ClusterConnection> OpenAsync(ManagedCluster managed, IReporter? reporter = null) =>
        ClusterConnection.OpenAsync(new ClusterTarget(null, null) { Managed = managed }, new ConnectionOptions(), reporter ?? NullReporter.Instance, Token);

    private Task<ClusterConnection> OpenKubeConfigAsync(string server, string entry, string? arguments, string command = "aws")
    {
        var user = arguments is null
            ? "{token: abc}"
            : $"{{exec: {{apiVersion: client.authentication.k8s.io/v1beta1, command: {command}, args: {arguments}, env: [{{name: AWS_ACCESS_KEY_ID, value: AKIDEXEC}}, {{name: AWS_SECRET_ACCESS_KEY, value: hush}}]}}}}";
        var path = _folder.Write("config", $$$"""
            clusters:
            - name: "{{{entry}}}"
              cluster: {server: "{{{server}}}"}
            contexts:
            - {name: "{{{Arn}}}", context: {cluster: "{{{entry}}}", user: u}}
            users:
            - {name: u, user: {{{user}}} }
            """);
        // The first is answered in the process; others are not started before something is asked.
        var exec = command == "aws" ? ExecPolicy.Forbid : ExecPolicy.Allow;
        return ClusterConnection.OpenAsync(new ClusterTarget(Arn, path), new ConnectionOptions { Exec = exec }, NullReporter.Instance, Token);
    }

    private static string Decode(string token)
    {
        var text = token.Replace('-', '+').Replace('_', '/');
        return Encoding.UTF8.GetString(Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '=')));
    }
}
