using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Amazon.Runtime;
using KonUpgrade.Engine.Aws;
using KonUpgrade.Engine.Aws.Eks;
using KonUpgrade.Engine.Connections;
using KonUpgrade.Engine.Tests.Programs;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Aws;

/// <summary>EKS tokens made in the process are those that the aws program makes.</summary>
public sealed class EksTokenTests(MotoServer moto) : IClassFixture<MotoServer>, IDisposable
{
    private static readonly Uri Server = new("https://ABC.gr7.eu-west-1.eks.amazonaws.com");

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("eu-west-1", "AKIDEXAMPLE0000000000", "abc/def+ghi", null)]
    [InlineData("us-east-1", "ASIAEXAMPLE0000000000", "secret", "a/session+token==")]
    [InlineData("cn-north-1", "AKIDEXAMPLE0000000000", "secret", null)]
    public async Task The_aws_program_makes_the_same_token_byte_for_byte(string region, string key, string secret, string? session)
    {
        var answer = await RunAwsAsync(
            ["eks", "get-token", "--cluster-name", "blue cluster/1", "--region", region],
            ("AWS_ACCESS_KEY_ID", key), ("AWS_SECRET_ACCESS_KEY", secret), ("AWS_SESSION_TOKEN", session), ("AWS_STS_REGIONAL_ENDPOINTS", "regional"));
        var theirs = Read(answer);
        var at = DateTimeOffset.ParseExact(theirs.Query["X-Amz-Date"], "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var ours = Read(EksTokenSigner.Sign(new ImmutableCredentials(key, secret, session), region, "blue cluster/1", at));
        Assert.Equal(theirs.Host, ours.Host);
        // The signature is over everything: query, headers and the cluster's name.
        Assert.Equal(theirs.Query, ours.Query);
    }

    [Theory]
    [InlineData("aws", "eks get-token --cluster-name n", "n", null, null, null)]
    [InlineData("/usr/local/bin/aws", "--profile p --region r eks get-token --cluster-name=n --role-arn a --output json", "n", "p", "r", "a")]
    [InlineData(@"C:\Program Files\Amazon\AWSCLIV2\AWS.EXE", "eks get-token --cluster-id i --region=r", "i", null, "r", null)]
    [InlineData("aws-iam-authenticator", "token -i n", "n", null, null, null)]
    [InlineData("aws-iam-authenticator", "token --cluster-id n --role a --region r", "n", null, "r", "a")]
    public void Command_lines_of_kubeconfigs_are_understood(string command, string arguments, string cluster, string? profile, string? region, string? role)
    {
        Assert.True(EksTokenArguments.IsKnown(command));
        var request = EksTokenArguments.Parse(command, arguments.Split(' '), out var whyNot);
        Assert.Null(whyNot);
        Assert.Equal((cluster, profile, region, role), (request!.ClusterId, request.Profile, request.Region, request.RoleArn));
    }

    [Theory]
    [InlineData("aws", "eks get-token --cluster-name n --endpoint-url http://x", "--endpoint-url")]
    [InlineData("aws", "eks get-token --cluster-name", "no value")]
    [InlineData("aws", "eks get-token", "--cluster-name")]
    [InlineData("aws", "eks get-token --cluster-name n --cluster-id i", "either")]
    [InlineData("aws", "eks list-clusters", "not 'aws eks get-token'")]
    [InlineData("aws-iam-authenticator", "token -i n --forward-session-name", "--forward-session-name")]
    [InlineData("aws-iam-authenticator", "verify -i n", "token")]
    public void What_is_not_understood_is_left_to_the_program(string command, string arguments, string why)
    {
        Assert.Null(EksTokenArguments.Parse(command, arguments.Split(' '), out var whyNot));
        Assert.Contains(why, whyNot, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gke-gcloud-auth-plugin", false)]
    [InlineData("awsx", false)]
    [InlineData("aws.cmd", true)]
    public void Only_the_two_programs_are_known(string command, bool known) => Assert.Equal(known, EksTokenArguments.IsKnown(command));

    [Fact]
    public async Task Keys_come_from_the_environment_unless_a_profile_is_asked_for()
    {
        var credentials = _folder.Write("aws/credentials", "[default]\naws_access_key_id = AKIDDEFAULT\naws_secret_access_key = x\n[other]\naws_access_key_id = AKIDOTHER\naws_secret_access_key = x\nregion = ap-south-1\n");
        Assert.Equal(("AKIDENV", "eu-central-1"), await WhoAsync(new EksTokenRequest { ClusterId = "n" }, ("AWS_ACCESS_KEY_ID", "AKIDENV"), ("AWS_SECRET_ACCESS_KEY", "x"), ("AWS_REGION", "eu-central-1")));
        Assert.Equal(("AKIDOTHER", "ap-south-1"), await WhoAsync(new EksTokenRequest { ClusterId = "n", Profile = "other" }, ("AWS_ACCESS_KEY_ID", "AKIDENV"), ("AWS_SECRET_ACCESS_KEY", "x"), ("AWS_SHARED_CREDENTIALS_FILE", credentials)));
        Assert.Equal(("AKIDOTHER", "us-west-2"), await WhoAsync(new EksTokenRequest { ClusterId = "n", Region = "us-west-2" }, ("AWS_PROFILE", "other"), ("AWS_SHARED_CREDENTIALS_FILE", credentials)));
        // Without any region, the one that EKS names in the cluster's URL.
        Assert.Equal(("AKIDDEFAULT", "eu-west-1"), await WhoAsync(new EksTokenRequest { ClusterId = "n" }, ("AWS_SHARED_CREDENTIALS_FILE", credentials)));
    }

    [Fact]
    public async Task A_profile_that_is_missing_or_runs_a_program_is_told()
    {
        var credentials = _folder.Write("aws/credentials", "[tool]\ncredential_process = /bin/false\n[role]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = tool\n");
        (string, string)[] environment = [("AWS_SHARED_CREDENTIALS_FILE", credentials), ("AWS_REGION", "eu-west-1")];
        Assert.Equal("AwsCredentialsNotFound", (await FailAsync(new EksTokenRequest { ClusterId = "n", Profile = "gone" }, environment)).Id);
        Assert.Equal("ExecForbidden", (await FailAsync(new EksTokenRequest { ClusterId = "n", Profile = "tool" }, environment)).Id);
        Assert.Equal("ExecForbidden", (await FailAsync(new EksTokenRequest { ClusterId = "n", Profile = "role" }, environment)).Id);
    }

    [Fact]
    public async Task A_role_is_assumed_first_where_one_is_named()
    {
        moto.Require();
        (string, string)[] environment = [("AWS_ACCESS_KEY_ID", "AKIDSELF"), ("AWS_SECRET_ACCESS_KEY", "x"), ("AWS_REGION", "eu-west-1"), ("AWS_ENDPOINT_URL_STS", moto.Url)];
        var request = new EksTokenRequest { ClusterId = "n", RoleArn = "arn:aws:iam::123456789012:role/admin" };
        var (token, expires) = await Source(request, environment).GetTokenAsync(Token);
        var read = Read(token);
        Assert.StartsWith("ASIA", read.Query["X-Amz-Credential"], StringComparison.Ordinal);
        Assert.NotEmpty(read.Query["X-Amz-Security-Token"]);
        Assert.InRange(expires, DateTimeOffset.UtcNow.AddMinutes(13), DateTimeOffset.UtcNow.AddMinutes(15));
    }

    [Fact]
    public async Task A_role_that_cant_be_assumed_says_which()
    {
        (string, string)[] environment = [("AWS_ACCESS_KEY_ID", "AKIDSELF"), ("AWS_SECRET_ACCESS_KEY", "hush-hush"), ("AWS_REGION", "eu-west-1"), ("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1")];
        var failure = await FailAsync(new EksTokenRequest { ClusterId = "n", RoleArn = "arn:aws:iam::1:role/gone" }, environment);
        Assert.Equal(("AwsLoginFailed", FailureKind.Authentication), (failure.Id, failure.Kind));
        Assert.Contains("arn:aws:iam::1:role/gone", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_profile_of_sso_that_is_not_logged_in_says_so()
    {
        var credentials = _folder.Write("aws/credentials", $"[sso]\nsso_account_id = 123456789012\nsso_region = eu-west-1\nsso_role_name = admin\nsso_start_url = https://{Guid.NewGuid():N}.awsapps.com/start\n");
        var failure = await FailAsync(new EksTokenRequest { ClusterId = "n", Profile = "sso" }, [("AWS_SHARED_CREDENTIALS_FILE", credentials), ("AWS_REGION", "eu-west-1")]);
        Assert.Equal("AwsLoginFailed", failure.Id);
        // The SDK loads its SSO part by name: it must be there.
        Assert.DoesNotContain("assembly", failure.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("aws sso login", failure.Recommendation, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://ABC.gr7.eu-west-1.eks.amazonaws.com", "eu-west-1")]
    [InlineData("https://ABC.yl4.cn-north-1.eks.amazonaws.com.cn", "cn-north-1")]
    [InlineData("https://eks.example.com", null)]
    [InlineData("https://10.0.0.1", null)]
    public void The_region_is_in_the_clusters_url(string server, string? region) => Assert.Equal(region, EksTokenSource.RegionOf(new Uri(server)));

    [Fact]
    public void A_region_that_is_none_makes_no_token()
    {
        const string Region = "eu-west-1.evil.example/";
        Assert.Null(EksTokenSource.TryCreate(new EksTokenRequest { ClusterId = "n", Region = Region }, _ => null, new Uri("https://10.0.0.1"), false, TimeProvider.System, NullReporter.Instance, out var whyNot));
        Assert.Contains(Region, whyNot, StringComparison.Ordinal);
        var e = Assert.Throws<UpgradeException>(() => EksTokenSource.Create("n", Region, new AwsOptions(), TimeProvider.System, NullReporter.Instance));
        Assert.Equal("AwsRegionInvalid", e.Failure.Id);
    }

    [Fact]
    public async Task A_kubeconfig_of_eks_works_where_no_program_may_start_and_its_token_is_renewed_in_time()
    {
        var time = new ManualTime();
        var path = _folder.Write("config", $$$"""
            clusters:
            - name: c
              cluster: {server: "{{{Server}}}"}
            contexts:
            - {name: blue, context: {cluster: c, user: u}}
            users:
            - name: u
              user:
                exec:
                  apiVersion: client.authentication.k8s.io/v1beta1
                  command: aws
                  args: [--region, eu-west-1, eks, get-token, --cluster-name, blue]
                  env:
                  - {name: AWS_ACCESS_KEY_ID, value: AKIDEXEC}
                  - {name: AWS_SECRET_ACCESS_KEY, value: hush-hush}
            """);
        var reporter = new RecordingReporter();
        var config = await KubeConfig.LoadAsync(path, Token);
        var endpoint = await EndpointBuilder.BuildAsync(config, config.Find("blue"), new ConnectionOptions { Exec = ExecPolicy.Forbid, Time = time }, reporter, Token);
        var first = await endpoint.Login.GetAsync(Token);
        var token = Read(first.Authorization!.Parameter!);
        Assert.Equal(("sts.eu-west-1.amazonaws.com", "60"), (token.Host, token.Query["X-Amz-Expires"]));
        Assert.StartsWith("AKIDEXEC/", token.Query["X-Amz-Credential"], StringComparison.Ordinal);
        Assert.Equal("host;x-k8s-aws-id", token.Query["X-Amz-SignedHeaders"]);
        time.Advance(TimeSpan.FromMinutes(11));
        Assert.Same(first, await endpoint.Login.GetAsync(Token));
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.NotSame(first, await endpoint.Login.GetAsync(Token));
        Assert.DoesNotContain("hush", reporter.Text + endpoint, StringComparison.Ordinal);
    }

    private static (string Host, SortedDictionary<string, string> Query) Read(string token)
    {
        Assert.StartsWith("k8s-aws-v1.", token, StringComparison.Ordinal);
        Assert.DoesNotContain("=", token, StringComparison.Ordinal);
        var text = token["k8s-aws-v1.".Length..].Replace('-', '+').Replace('_', '/');
        var url = new Uri(Encoding.UTF8.GetString(Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='))));
        Assert.Equal("/", url.AbsolutePath);
        return (url.Host, new SortedDictionary<string, string>(url.Query[1..].Split('&').ToDictionary(p => p.Split('=')[0], p => Uri.UnescapeDataString(p.Split('=')[1])), StringComparer.Ordinal));
    }

    private static EksTokenSource Source(EksTokenRequest request, (string Name, string Value)[] environment) =>
        EksTokenSource.TryCreate(request, name => environment.FirstOrDefault(e => e.Name == name).Value, Server, mayStartPrograms: false, TimeProvider.System, NullReporter.Instance, out _)!;

    private static async Task<(string Key, string Region)> WhoAsync(EksTokenRequest request, params (string Name, string Value)[] environment)
    {
        var scope = Read((await Source(request, environment).GetTokenAsync(Token)).Token).Query["X-Amz-Credential"].Split('/');
        return (scope[0], scope[2]);
    }

    private static async Task<Failure> FailAsync(EksTokenRequest request, (string Name, string Value)[] environment) =>
        (await Assert.ThrowsAsync<UpgradeException>(() => Source(request, environment).GetTokenAsync(Token))).Failure;

    private static async Task<string> RunAwsAsync(string[] arguments, params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo("aws", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("AWS_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment.Where(e => e.Value is not null))
            start.Environment[name] = value;
        start.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        Process? process = null;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Told below.
        }
        Assert.SkipWhen(process is null, "needs the aws program");
        using (process)
        {
            var output = process!.StandardOutput.ReadToEndAsync(Token);
            var error = process.StandardError.ReadToEndAsync(Token);
            await process.WaitForExitAsync(Token);
            Assert.True(process.ExitCode == 0, await error);
            using var document = JsonDocument.Parse(await output);
            return document.RootElement.GetProperty("status").GetProperty("token").GetString()!;
        }
    }
}
